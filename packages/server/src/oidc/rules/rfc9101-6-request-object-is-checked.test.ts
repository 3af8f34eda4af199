import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateRealmKey } from '../../realm/realm-keys.ts';
import { type AssertionParts, assertion, type ClientKey, clientKey } from '../../testing/client-assertions.ts';
import { type LoginServer, loginServer, REDIRECT } from '../../testing/login-server.ts';
import { postForm } from '../../testing/protocol-forms.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const NOW = 1_800_000_000;
const AUTH = '/realms/test/protocol/openid-connect/auth';
/** Nobody is signed in, so that every request that can be read is answered to the application at once. */
const wish = { redirect_uri: REDIRECT, response_type: 'code', scope: 'openid', prompt: 'none', state: 'inner', client_id: 'app' };

function withKey(key: ClientKey, attributes: Record<string, string> = {}) {
  return { client: { attributes: { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys: [key.jwk] }), ...attributes } } };
}

function objectOf(key: ClientKey, { claims, header }: AssertionParts = {}): Promise<string> {
  return assertion(key.privateKey, NOW, { claims: { ...wish, sub: undefined, ...claims }, header: { kid: 'k', ...header } });
}

const open = (server: LoginServer, parameters: Record<string, string>) =>
  server.browser().get(`${AUTH}?${new URLSearchParams({ client_id: 'app', ...parameters }).toString()}`);

async function stateOf(server: LoginServer, parameters: Record<string, string>): Promise<string | null> {
  const answer = await open(server, parameters);
  return answer.statusCode === 400 ? 'refused' : redirectOf(answer).searchParams.get('state');
}

const unsigned = (claims: object = wish): string =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;

describe('RFC 9101 section 6: a request object is checked in every part', () => {
  it('and its parameters win over those of the address', async () => {
    const key = await clientKey('k');
    const server = await loginServer(withKey(key));
    const request = await objectOf(key);
    expect(await stateOf(server, { request })).toBe('inner');
    expect(await stateOf(server, { request, state: 'outer', redirect_uri: 'https://evil.example/' })).toBe('inner');
    expect(await stateOf(server, { request: await objectOf(key, { claims: { state: undefined } }), state: 'outer' })).toBe('outer');
    expect(await stateOf(server, { request: await objectOf(key, { header: { typ: 'oauth-authz-req+jwt' } }) })).toBe('inner');
    expect(await stateOf(server, { request: await objectOf(key, { claims: { iss: undefined, aud: undefined, exp: undefined } }) })).toBe(
      'inner',
    );
  });

  it.each<[string, AssertionParts]>([
    ['of another client', { claims: { client_id: 'other' } }],
    ['of another issuer', { claims: { iss: 'other' } }],
    ['for another server', { claims: { aud: 'https://other.example' } }],
    ['that is over', { claims: { exp: NOW } }],
    ['that is not good yet', { claims: { nbf: NOW + 16 } }],
    ['with an object within it', { claims: { request: 'x' } }],
    ['with a reference within it', { claims: { request_uri: 'https://app.example/ro' } }],
    ['of another response_type', { claims: { response_type: 'token' } }],
    ['signed with an unknown key', { header: { kid: 'zz' } }],
    ['that is a proof of something else', { header: { typ: 'dpop+jwt' } }],
    ['that brings its key along', { header: { jwk: { kty: 'EC' } } }],
    ['with a redirect_uri that is not registered', { claims: { redirect_uri: 'https://evil.example/' } }],
  ])('and refused where it is one %s', async (_fault, parts) => {
    const key = await clientKey('k');
    const server = await loginServer(withKey(key));
    expect(await stateOf(server, { response_type: 'code', request: await objectOf(key, parts) })).toBe('refused');
  });

  it('and refused where it is not signed by the client', async () => {
    const key = await clientKey('k');
    const server = await loginServer(withKey(key));
    const good = await objectOf(key);
    const [header, , signature] = good.split('.');
    const changed = Buffer.from(JSON.stringify(wish)).toString('base64url');
    const refused = [await objectOf(await clientKey('k')), `${header}.${changed}.${signature}`, unsigned(), 'abc', '', `${good}.x.y`];
    for (const request of refused) expect(await stateOf(server, { request })).toBe('refused');
    expect(await stateOf(server, { request: good, request_uri: 'https://app.example/ro' })).toBe('refused');
  });

  it('unsigned only where the client is registered for it, and then never signed', async () => {
    const key = await clientKey('k');
    const server = await loginServer(withKey(key, { 'request.object.signature.alg': 'none' }));
    expect(await stateOf(server, { request: unsigned() })).toBe('inner');
    expect(await stateOf(server, { request: await objectOf(key) })).toBe('refused');
    expect(await stateOf(server, { request: `${unsigned()}AAAA` })).toBe('refused');
  });

  it('and must be there, in the way that the client is bound to', async () => {
    const key = await clientKey('k');
    const outer = { ...wish, state: 'outer' };
    const request = await objectOf(key);
    for (const [demanded, plain, byValue] of [
      ['not required', 'outer', 'inner'],
      ['request or request_uri', 'refused', 'inner'],
      ['request only', 'refused', 'inner'],
      ['request_uri only', 'refused', 'refused'],
    ] as const) {
      const server = await loginServer(withKey(key, { 'request.object.required': demanded }));
      expect([await stateOf(server, outer), await stateOf(server, { request })], demanded).toEqual([plain, byValue]);
    }
  });

  it('and signed by the algorithm that the client is bound to', async () => {
    const key = await clientKey('k');
    const request = await objectOf(key);
    expect(await stateOf(await loginServer(withKey(key, { 'request.object.signature.alg': 'ES256' })), { request })).toBe('inner');
    expect(await stateOf(await loginServer(withKey(key, { 'request.object.signature.alg': 'PS256' })), { request })).toBe('refused');
  });

  it('also where it is pushed (RFC 9126 section 3)', async () => {
    const key = await clientKey('k');
    const server = await loginServer(withKey(key));
    const push = (request: string) => postForm(server, 'protocol/openid-connect/ext/par/request', { client_id: 'app', request });
    const pushed = await push(await objectOf(key));
    expect(pushed.statusCode).toBe(201);
    expect(await stateOf(server, { request_uri: pushed.json().request_uri })).toBe('inner');
    expect((await push(unsigned())).json().error).toBe('invalid_request_object');
  });
});

describe('RFC 9101 section 6.1: a request object may be encrypted to the realm', () => {
  async function encrypted(server: LoginServer, text: string, header: { alg?: string; enc?: string; kid?: string } = {}) {
    const keys = server.context.state.data.keys.get(server.realm.id) ?? [];
    const { publicKey } = keys.find((key) => key.use === 'ENC') ?? {};
    const key = await crypto.subtle.importKey(
      'spki',
      Buffer.from(publicKey ?? []),
      { name: 'RSA-OAEP', hash: header.alg === 'RSA-OAEP-256' ? 'SHA-256' : 'SHA-1' },
      true,
      ['encrypt', 'wrapKey'],
    );
    return new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM', cty: 'JWT', ...header })
      .encrypt(key);
  }

  async function world(attributes: Record<string, string> = {}) {
    const key = await clientKey('k');
    const server = await loginServer(withKey(key, attributes));
    const { keys } = server.context.state.data;
    const own = await generateRealmKey('RSA-OAEP');
    keys.set(server.realm.id, [...(keys.get(server.realm.id) ?? []), own]);
    return { key, server, own };
  }

  it('and then is signed within', async () => {
    const { key, server, own } = await world();
    expect(await stateOf(server, { request: await encrypted(server, await objectOf(key)) })).toBe('inner');
    expect(await stateOf(server, { request: await encrypted(server, await objectOf(key), { kid: own.kid }) })).toBe('inner');
    expect(await stateOf(server, { request: await encrypted(server, unsigned()) })).toBe('refused');
    expect(await stateOf(server, { request: await encrypted(server, JSON.stringify(wish)) })).toBe('refused');
  });

  it('and is refused where it is not for a key of the realm, or was changed', async () => {
    const { key, server } = await world();
    const good = await encrypted(server, await objectOf(key));
    const parts = good.split('.');
    const other = parts[3]?.startsWith('A') === true ? 'B' : 'A';
    const broken = [...parts.slice(0, 3), `${other}${parts[3]?.slice(1)}`, parts[4]].join('.');
    expect(await stateOf(server, { request: await encrypted(server, await objectOf(key), { kid: 'zz' }) })).toBe('refused');
    expect(await stateOf(server, { request: await encrypted(server, await objectOf(key), { alg: 'RSA-OAEP-256' }) })).toBe('refused');
    expect(await stateOf(server, { request: broken })).toBe('refused');
    expect(await stateOf(server, { request: 'e30.a.b.c.d' })).toBe('refused');
  });

  it('and must be, where the client is bound to it', async () => {
    const { key, server } = await world({ 'request.object.encryption.alg': 'RSA-OAEP', 'request.object.encryption.enc': 'A256GCM' });
    const text = await objectOf(key);
    expect(await stateOf(server, { request: text })).toBe('refused');
    expect(await stateOf(server, { request: await encrypted(server, text, { enc: 'A128GCM' }) })).toBe('refused');
    expect(await stateOf(server, { request: await encrypted(server, text) })).toBe('inner');
  });
});
