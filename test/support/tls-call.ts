import { request } from 'node:https';
import type { Answer, CookieJar } from '../../bench/drivers/http.ts';

/** Who calls: the certificate that is shown (if any), and the authority of the server. */
export interface TlsIdentity {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface TlsCall {
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly jar?: CookieJar;
}

/** One request over a TLS connection of its own; redirects are not followed. Rejects where the handshake or the connection ends. */
export function tlsCall(url: string, identity: TlsIdentity, { form, headers, jar }: TlsCall = {}): Promise<Answer> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const cookies = jar?.header ?? '';
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        ...identity,
        agent: false,
        timeout: 60_000,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(cookies === '' ? {} : { cookie: cookies }),
          ...headers,
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          jar?.take(response.headers['set-cookie']);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() });
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}
