import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isPublicAddress, matchesHost } from './address-rule.ts';
import { createOutbound } from './create-outbound.ts';
import type { OutboundRules } from './outbound.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handle: RequestListener): Promise<number> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Every name stands on this machine. */
const here: LookupFunction = (_hostname, options, callback) => {
  const all: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }];
  if (options.all === true) callback(null, all);
  else callback(null, '127.0.0.1', 4);
};

const outbound = (rules: Partial<OutboundRules> = {}) =>
  createOutbound(
    {
      connectTimeoutMs: 5_000,
      timeoutMs: 5_000,
      maxBytes: 1_000,
      followRedirects: true,
      allowedHosts: [],
      privateRedirectHosts: [],
      maxRunning: 8,
      ...rules,
    },
    here,
  );

describe('a request to the outside', () => {
  it('gets status, headers and body, and sends what it is given', async () => {
    const port = await serve((request, reply) => {
      let body = '';
      request.on('data', (part) => (body += String(part)));
      request.on('end', () => reply.setHeader('x-method', request.method ?? '').end(body));
    });
    const answer = await outbound()({ url: `http://issuer.test:${port}/a`, method: 'POST', body: 'x=1' });
    expect([answer.status, answer.header('X-Method'), answer.body.toString()]).toEqual([200, 'POST', 'x=1']);
  });

  it('ends at the limit of bytes, said or not', async () => {
    const port = await serve((request, reply) => {
      if (request.url === '/said') reply.setHeader('content-length', 2_000);
      reply.write('x'.repeat(900));
      reply.end('x'.repeat(1_100));
    });
    for (const path of ['/said', '/unsaid'])
      await expect(outbound()({ url: `http://a.test:${port}${path}` })).rejects.toMatchObject({ code: 'KG_OUTBOUND_FAILED' });
  });

  it('ends at the limit of time, before or within the answer', async () => {
    const port = await serve((request, reply) => {
      if (request.url === '/within') reply.write('x');
    });
    for (const path of ['/before', '/within'])
      await expect(outbound({ timeoutMs: 100 })({ url: `http://a.test:${port}${path}` })).rejects.toThrow('within 100 ms');
  });

  it('follows no redirect where that is off, and none to a private address unless the host is allowed', async () => {
    const port = await serve((request, reply) => {
      if (request.url === '/end') reply.end('there');
      else
        reply
          .writeHead(302, { location: request.url === '/name' ? `http://inner.test:${port}/end` : `http://127.0.0.1:${port}/end` })
          .end();
    });
    expect((await outbound({ followRedirects: false })({ url: `http://a.test:${port}/name` })).status).toBe(302);
    for (const path of ['/name', '/number'])
      await expect(outbound()({ url: `http://a.test:${port}${path}` })).rejects.toMatchObject({ code: 'KG_OUTBOUND_REFUSED' });
    const allowed = await outbound({ privateRedirectHosts: ['*.test'] })({ url: `http://a.test:${port}/name` });
    expect(allowed.body.toString()).toBe('there');
  });

  it('calls no host beside those of the list', async () => {
    const port = await serve((_request, reply) => reply.end('ok'));
    const limited = outbound({ allowedHosts: ['good.test'] });
    expect((await limited({ url: `http://good.test:${port}/` })).status).toBe(200);
    await expect(limited({ url: `http://bad.test:${port}/` })).rejects.toMatchObject({ code: 'KG_OUTBOUND_REFUSED' });
  });

  it.each(['ftp://a.test/', 'file:///etc/passwd', 'nonsense', 'http://user:secret@a.test/'])('is not made to %s', async (url) => {
    const error = await outbound()({ url }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'KG_OUTBOUND_REFUSED' });
    expect(String(error)).not.toContain('secret');
  });

  it('waits for no place: more than the limit at once are refused', async () => {
    const port = await serve(() => undefined);
    const few = outbound({ maxRunning: 1, timeoutMs: 200 });
    const first = few({ url: `http://a.test:${port}/` });
    await expect(few({ url: `http://a.test:${port}/` })).rejects.toThrow('under way');
    await expect(first).rejects.toThrow('within');
  });
});

describe('addresses', () => {
  it.each(['8.8.8.8', '2001:4860:4860::8888', '1.1.1.1'])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fe80::1%eth0',
    'name',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

  it('matches names whole, and below a star', () => {
    expect(matchesHost(['a.example'], 'A.example.')).toBe(true);
    expect(matchesHost(['*.example'], 'b.a.example')).toBe(true);
    for (const host of ['example', 'xexample', 'b.example.evil']) expect(matchesHost(['*.example', 'a.example'], host)).toBe(false);
    expect(matchesHost(['*.example'], '.example')).toBe(false);
  });
});
