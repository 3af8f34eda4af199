import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { assertion, clientKey } from '../../testing/client-assertions.ts';
import { loginServer, REDIRECT } from '../../testing/login-server.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const NOW = 1_800_000_000;
const wish = { redirect_uri: REDIRECT, response_type: 'code', scope: 'openid', prompt: 'none', state: 'inner', client_id: 'app' };

async function world(registered: (base: string) => string) {
  const key = await clientKey('k');
  const request = await assertion(key.privateKey, NOW, { claims: { ...wish, sub: undefined }, header: { kid: 'k' } });
  const asked: string[] = [];
  const http = createServer((message, reply) => {
    asked.push(message.url ?? '');
    if (message.url === '/ro') reply.end(request);
    else if (message.url === '/moved') reply.writeHead(302, { location: '/ro' }).end();
    else if (message.url === '/huge') reply.end('x'.repeat(70_000));
    else reply.writeHead(404).end();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const attributes = { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys: [key.jwk] }), 'request.uris': registered(base) };
  const server = await loginServer({ client: { attributes } });
  const open = async (uri: string): Promise<string | null> => {
    const query = new URLSearchParams({ client_id: 'app', request_uri: uri }).toString();
    const answer = await server.browser().get(`/realms/test/protocol/openid-connect/auth?${query}`);
    return answer.statusCode === 400 ? 'refused' : redirectOf(answer).searchParams.get('state');
  };
  return { base, asked, open, [Symbol.asyncDispose]: async () => void http.close() };
}

describe('RFC 9101 section 5.2: a request object by reference', () => {
  it('is fetched from an address that the client registered', async () => {
    await using known = await world((base) => `https://else.example/ro##${base}/ro`);
    expect(await known.open(`${known.base}/ro`)).toBe('inner');
    expect(known.asked).toEqual(['/ro']);
  });

  it('from no other, which is not even asked (section 10.4)', async () => {
    await using known = await world((base) => `${base}/ro`);
    for (const uri of [`${known.base}/other`, `${known.base}/ro/../other`, 'http://169.254.169.254/', 'file:///etc/passwd', '', 'x'])
      expect(await known.open(uri)).toBe('refused');
    expect(known.asked).toEqual([]);
  });

  it('and not where none is registered', async () => {
    await using known = await world(() => '');
    expect(await known.open(`${known.base}/ro`)).toBe('refused');
    expect(known.asked).toEqual([]);
  });

  it('and is refused where the address has none, redirects, or answers without end', async () => {
    await using known = await world((base) => `${base}/*`);
    for (const path of ['/none', '/moved', '/huge']) expect(await known.open(known.base + path), path).toBe('refused');
    expect(known.asked).toEqual(['/none', '/moved', '/huge']);
  });
});
