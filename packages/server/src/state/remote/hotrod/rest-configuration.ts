import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { tlsOptions } from '../tls-options.ts';
import type { HotRodAddress, HotRodOptions } from './connection.ts';

const timeoutMs = 3_000;
/** The definition of a cache has a few hundred bytes. */
const maxBytes = 1_000_000;

interface Answer {
  readonly status: number;
  readonly challenges: readonly string[];
  readonly body: string;
}

/**
 * The definition of a cache by the REST interface, which stands on the same port; Hot Rod itself cannot tell it. Undefined where the server
 * does not offer it there, or does not let this user see it.
 */
export async function cacheConfiguration(address: HotRodAddress, cache: string, options: HotRodOptions): Promise<unknown> {
  const path = `/rest/v2/caches/${encodeURIComponent(cache)}?action=config`;
  try {
    let answer = await get(address, path, options, {});
    if (answer.status === 401 && options.credentials !== undefined) {
      const authorization = authorizationFor(answer.challenges, path, options.credentials);
      if (authorization !== undefined) answer = await get(address, path, options, { authorization });
    }
    return answer.status === 200 ? JSON.parse(answer.body) : undefined;
  } catch {
    return undefined;
  }
}

function get(address: HotRodAddress, path: string, options: HotRodOptions, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const { tls } = options;
  const base = { ...address, path, headers: { accept: 'application/json', ...headers }, timeout: timeoutMs, agent: false as const };
  return new Promise((resolve, reject) => {
    const read = (response: IncomingMessage): void => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > maxBytes) request.destroy(new Error('the answer is too long'));
      });
      const challenges = response.headersDistinct['www-authenticate'] ?? [];
      response.on('end', () => resolve({ status: response.statusCode ?? 0, challenges, body }));
      response.on('error', reject);
    };
    const request = tls === undefined ? plainRequest(base, read) : tlsRequest({ ...base, ...tlsOptions(address.host, tls) }, read);
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.end();
  });
}

/** RFC 7616 by the first algorithm that is known here; the password itself is never sent. */
function authorizationFor(
  challenges: readonly string[],
  path: string,
  { username, password }: NonNullable<HotRodOptions['credentials']>,
): string | undefined {
  const algorithms: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', SHA256: 'sha256', 'SHA-512-256': 'sha512-256' };
  for (const challenge of challenges) {
    if (!/^digest /i.test(challenge)) continue;
    const field = (name: string): string => new RegExp(`[ ,]${name}="?([^",]*)`, 'i').exec(challenge)?.[1] ?? '';
    const hash = algorithms[(field('algorithm') || 'MD5').toUpperCase()];
    if (hash === undefined) continue;
    const digest = (text: string): string => createHash(hash).update(text).digest('hex');
    const cnonce = randomBytes(12).toString('hex');
    const secret = digest(`${username}:${field('realm')}:${password}`);
    const response = digest(`${secret}:${field('nonce')}:00000001:${cnonce}:auth:${digest(`GET:${path}`)}`);
    const opaque = field('opaque') === '' ? '' : `, opaque="${field('opaque')}"`;
    const algorithm = field('algorithm') === '' ? '' : `, algorithm=${field('algorithm')}`;
    return `Digest username="${username.replaceAll(/["\\]/g, '\\$&')}", realm="${field('realm')}", nonce="${field('nonce')}", uri="${path}", qop=auth, nc=00000001, cnonce="${cnonce}", response="${response}"${opaque}${algorithm}`;
  }
  return undefined;
}
