import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

/** What the emulator knows; anybody else is refused. */
export const s3Credentials = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' } as const;

/** An emulator of S3 with one bucket; for tests. */
export class S3Server {
  readonly url: string;
  readonly #server: S3rver;
  readonly #folder: string;

  private constructor(url: string, server: S3rver, folder: string) {
    this.url = url;
    this.#server = server;
    this.#folder = folder;
  }

  static async start(bucket: string, port = 0): Promise<S3Server> {
    const directory = mkdtempSync(join(tmpdir(), 'keygrid-s3-'));
    // It reckons the signature of a listing without the last slash of the path, which the SDK signs; unknown keys are refused all the same.
    const allowMismatchedSignatures = true;
    const server = new S3rver({
      address: '127.0.0.1',
      port,
      silent: true,
      allowMismatchedSignatures,
      directory,
      configureBuckets: [{ name: bucket }],
    });
    const bound = await server.run();
    return new S3Server(`http://127.0.0.1:${bound.port}`, server, directory);
  }

  async createBucket(name: string): Promise<void> {
    const [accessKeyId, secretAccessKey] = [s3Credentials.AWS_ACCESS_KEY_ID, s3Credentials.AWS_SECRET_ACCESS_KEY];
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint: this.url, region: 'us-east-1', forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: name }));
    client.destroy();
  }

  async close(): Promise<void> {
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
