import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The part of Google Cloud Storage's JSON API that discovery uses, in memory; for tests. There is no emulator of it on npm, so that this one is
 * written by the API's documentation: upload (multipart), list, delete, buckets made in a project, and its errors.
 */
export class GoogleStorageServer {
  readonly #server: Server;
  /** Bucket -> object -> time of the last write. */
  readonly buckets = new Map<string, Map<string, Date>>();
  /** In which buckets may be made; in any other the caller has no such right. */
  project: string | undefined;
  /** Answers everything with this status. */
  refusing: number | undefined;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(port = 0): Promise<GoogleStorageServer> {
    const server = new GoogleStorageServer();
    await new Promise<void>((resolve) => server.#server.listen({ host: '127.0.0.1', port }, resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const [status, body] = this.#result(request.method ?? '', new URL(request.url ?? '/', this.url), text);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 204 ? undefined : JSON.stringify(body));
    });
  }

  #result(method: string, url: URL, text: string): readonly [number, unknown] {
    const error = (code: number, message: string, reason: string): readonly [number, unknown] => [
      code,
      { error: { code, message, errors: [{ message, domain: 'global', reason }] } },
    ];
    if (this.refusing !== undefined) return error(this.refusing, 'Forbidden', 'forbidden');
    if (method === 'POST' && url.pathname === '/storage/v1/b') {
      if (url.searchParams.get('project') !== this.project) return error(403, 'No permission in this project.', 'forbidden');
      const { name } = JSON.parse(text) as { name: string };
      if (this.buckets.has(name)) return error(409, 'The bucket is there.', 'conflict');
      this.buckets.set(name, new Map());
      return [200, { kind: 'storage#bucket', name }];
    }
    const [, upload, bucket = '', key] = /^\/(upload\/)?storage\/v1\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(url.pathname) ?? [];
    const objects = this.buckets.get(bucket);
    if (objects === undefined) return error(404, 'The specified bucket does not exist.', 'notFound');
    const show = (name: string, updated: Date) => ({ kind: 'storage#object', bucket, name, updated: updated.toISOString() });
    if (upload !== undefined && method === 'POST') {
      const name = url.searchParams.get('name') ?? '';
      const now = new Date();
      objects.set(name, now);
      return [200, { ...show(name, now), md5Hash: createHash('md5').update(mediaOf(text)).digest('base64') }];
    }
    if (method === 'DELETE')
      return objects.delete(decodeURIComponent(key ?? '')) ? [204, undefined] : error(404, 'No such object', 'notFound');
    const prefix = url.searchParams.get('prefix') ?? '';
    const items = [...objects].filter(([name]) => name.startsWith(prefix)).map(([name, updated]) => show(name, updated));
    return [200, { kind: 'storage#objects', items }];
  }
}

/** The second part of a body of the kind multipart/related: what the object holds. */
function mediaOf(body: string): string {
  const [boundary = ''] = body.split('\r\n', 1);
  const part = body.split(boundary)[2] ?? '';
  return part.slice(part.indexOf('\r\n\r\n') + 4, part.lastIndexOf('\r\n'));
}
