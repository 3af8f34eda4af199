import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** An answer read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string | undefined>>;
  /** Sent as application/json. */
  readonly json?: unknown;
  /** Sent as it is, with the content type of `headers`. */
  readonly body?: string | Buffer;
  readonly jar?: CookieJar;
  readonly timeoutMs?: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const DEFAULT_TIMEOUT_MS = 30_000;

function encodeForm(form: Readonly<Record<string, string | undefined>>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) if (value !== undefined) out.append(name, value);
  return out.toString();
}

function decodeCookieName(line: string): { name: string; value: string; expired: boolean } {
  const [pair = '', ...attributes] = line.split(';');
  const at = pair.indexOf('=');
  const expired = attributes.some(
    (attribute) => /^\s*max-age=0\s*$/i.test(attribute) || /^\s*expires=thu, 01[- ]jan[- ]1970/i.test(attribute),
  );
  return { name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim(), expired };
}

/** Cookies of one browser. Hosts and paths are not told apart: a walk visits the nodes of one cluster and one realm. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  set(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  take(lines: readonly string[] | undefined): void {
    for (const line of lines ?? []) {
      const { name, value, expired } = decodeCookieName(line);
      if (expired || value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

/** One request over kept-alive connections; redirects are not followed. Rejects on socket errors and on time-out. */
export function call(url: string, options: Call = {}): Promise<Answer> {
  const body =
    options.form !== undefined ? encodeForm(options.form) : options.json !== undefined ? JSON.stringify(options.json) : options.body;
  const headers: Record<string, string> = { ...options.headers };
  if (options.form !== undefined) headers['content-type'] ??= 'application/x-www-form-urlencoded';
  if (options.json !== undefined) headers['content-type'] ??= 'application/json';
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  const cookies = options.jar?.header;
  if (cookies !== undefined && cookies !== '') headers['cookie'] = cookies;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: options.method ?? (body === undefined ? 'GET' : 'POST'), headers, agent, timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          options.jar?.take(response.headers['set-cookie']);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    sent.on('timeout', () =>
      sent.destroy(new Error(`no answer from ${new URL(url).host} within ${options.timeoutMs ?? DEFAULT_TIMEOUT_MS} ms`)),
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Closes the kept-alive connections. */
export function closeConnections(): void {
  agent.destroy();
}
