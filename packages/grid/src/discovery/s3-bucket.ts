import { loadOptional } from '../load-optional.ts';
import type { Bucket } from './bucket.ts';
import { bucketError, saysRefused } from './bucket-error.ts';

export interface S3Options {
  readonly bucket: string;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly pathStyle?: boolean | undefined;
}

/** A bucket of S3, or of a store that speaks its protocol, through the vendor's SDK; credentials come from where that looks for them. */
export async function openS3Bucket(options: S3Options): Promise<Bucket> {
  const sdk = await loadOptional('@aws-sdk/client-s3', 'discovery in an S3 bucket', () => import('@aws-sdk/client-s3'));
  const { bucket, region, endpoint, pathStyle } = options;
  const name = `s3 bucket ${bucket}`;
  const settings = {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(pathStyle === true ? { forcePathStyle: true } : {}),
    maxAttempts: 2,
    // Stores that only speak like S3 know no checksums in trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Reaches the providers of credentials: files are read anew by each client.
    ignoreCache: true,
  } as const;
  let client = new sdk.S3Client(settings);
  const asked = async <T>(work: (through: typeof client) => Promise<T>): Promise<T> => {
    const used = client;
    try {
      return await work(used);
    } catch (error) {
      const said = bucketError(name, error);
      // A client keeps the credentials that it found. Whoever mends them finds them used by the next round.
      if (saysRefused(said) && used === client) {
        client = new sdk.S3Client(settings);
        used.destroy();
      }
      throw said;
    }
  };
  return {
    name,
    put: async (key, text, abortSignal) => {
      const command = new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'text/plain' });
      await asked((through) => through.send(command, { abortSignal }));
    },
    list: async (prefix, limit, abortSignal) => {
      const command = new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: limit });
      const { Contents = [] } = await asked((through) => through.send(command, { abortSignal }));
      return Contents.map(({ Key = '', LastModified }) => ({ key: Key, modifiedMs: LastModified?.getTime() ?? 0 }));
    },
    remove: async (key, abortSignal) => {
      await asked((through) => through.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal }));
    },
    close: () => client.destroy(),
  };
}
