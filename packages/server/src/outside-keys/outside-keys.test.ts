import { describe, expect, it } from 'vitest';
import { clientTags } from '../cache/invalidation-keys.ts';
import type { Client } from '../model/index.ts';
import { assertion, type ClientKey, clientKey, type KeySetServer, keySetServer, useAssertion } from '../testing/client-assertions.ts';
import { type LoginServer, loginServer } from '../testing/login-server.ts';

function keysAt(url: string): Partial<Client> {
  const attributes = { 'use.jwks.url': 'true', 'jwks.url': url };
  return { publicClient: false, clientAuthenticatorType: 'client-jwt', attributes };
}

async function sign(server: LoginServer, key: ClientKey, kid = key.jwk.kid) {
  const text = await assertion(key.privateKey, server.context.clock.nowSeconds(), { header: { kid } });
  return (await useAssertion(server, text)).statusCode;
}

async function world(): Promise<{ issuer: KeySetServer; key: ClientKey; server: LoginServer } & AsyncDisposable> {
  const key = await clientKey('one');
  const issuer = await keySetServer([key.jwk]);
  const server = await loginServer({ client: keysAt(issuer.url) });
  return { issuer, key, server, [Symbol.asyncDispose]: () => issuer.stop() };
}

describe('the cache of outside keys', () => {
  it('asks an issuer once, and counts what it spares', async () => {
    await using known = await world();
    const { issuer, key, server } = known;
    for (let use = 0; use < 5; use += 1) expect(await sign(server, key)).toBe(200);
    expect(issuer.requests()).toBe(1);
    expect(server.context.keysCache.statistics).toMatchObject({ entries: 1, hits: 4, misses: 1, stores: 1 });
  });

  it('asks once for those who come together', async () => {
    await using known = await world();
    const { issuer, key, server } = known;
    expect(await Promise.all([sign(server, key), sign(server, key), sign(server, key)])).toEqual([200, 200, 200]);
    expect(issuer.requests()).toBe(1);
  });

  it('goes on while the issuer is down and the key is known', async () => {
    await using known = await world();
    const { issuer, key, server } = known;
    expect(await sign(server, key)).toBe(200);
    await issuer.stop();
    // Used each half hour for two days: it never falls idle, and the day after which it is asked for anew passes twice.
    for (let use = 0; use < 96; use += 1) {
      server.context.clock.advanceSeconds(1_800);
      expect(await sign(server, key)).toBe(200);
    }
  });

  it('drops keys that nobody used for an hour', async () => {
    await using known = await world();
    const { issuer, key, server } = known;
    await sign(server, key);
    server.context.clock.advanceSeconds(3_601);
    expect(await sign(server, key)).toBe(200);
    expect(issuer.requests()).toBe(2);
  });

  it('finds a new key at its first use, and lets go of one that was withdrawn', async () => {
    await using known = await world();
    const { issuer, key, server } = known;
    await sign(server, key);
    const next = await clientKey('two');
    issuer.keys = [next.jwk];
    server.context.clock.advanceSeconds(10);
    expect(await Promise.all([sign(server, next), sign(server, next)])).toEqual([200, 200]);
    expect(issuer.requests()).toBe(2);
    server.context.clock.advanceSeconds(10);
    expect(await sign(server, key)).toBe(400);
  });

  it('asks for unknown keys at most every ten seconds, however many are made up', async () => {
    await using known = await world();
    const { issuer, key, server } = known;
    await sign(server, key);
    for (let second = 0; second < 30; second += 1) {
      server.context.clock.advanceSeconds(1);
      expect(await sign(server, key, `made-up-${second}`)).toBe(400);
      expect(await sign(server, key)).toBe(200);
    }
    expect(issuer.requests()).toBe(4);
  });

  it('finds keys again at once that a change of their client dropped', async () => {
    await using known = await world();
    const { issuer, key, server } = known;
    expect(await sign(server, key)).toBe(200);
    server.context.keysCache.invalidate(clientTags(server.client));
    expect(await sign(server, key)).toBe(200);
    expect(issuer.requests()).toBe(2);
  });

  it.each(['status', 'nonsense', 'huge', 'redirect'] as const)('asks an issuer that fails (%s) again after ten seconds', async (fault) => {
    await using known = await world();
    const { issuer, key, server } = known;
    issuer.fault = fault;
    expect([await sign(server, key), await sign(server, key)]).toEqual([400, 400]);
    expect(issuer.requests()).toBe(1);
    issuer.fault = 'none';
    server.context.clock.advanceSeconds(10);
    expect(await sign(server, key)).toBe(200);
  });

  it('takes the keys of a new address at once', async () => {
    await using known = await world();
    const { key, server } = known;
    await sign(server, key);
    const next = await clientKey('one');
    await using elsewhere = await keySetServer([next.jwk]);
    const { data } = server.context.state;
    data.clients[0] = { ...server.client, ...keysAt(elsewhere.url) };
    expect([await sign(server, next), await sign(server, key)]).toEqual([200, 400]);
  });

  it('uses no symmetric key, no key for encryption and no key of another algorithm', async () => {
    await using known = await world();
    const { issuer, key, server } = known;
    issuer.keys = [
      { kty: 'oct', k: 'AAAA', kid: 'one' },
      { ...key.jwk, use: 'enc' },
      { ...key.jwk, alg: 'ES384' },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'one' },
    ];
    expect(await sign(server, key)).toBe(400);
  });
});
