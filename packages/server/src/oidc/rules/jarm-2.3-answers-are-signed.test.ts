import { generateKeyPairSync } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { compactDecrypt, createLocalJWKSet, decodeProtectedHeader, exportJWK, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { type LoginServer, loginServer } from '../../testing/login-server.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const ISSUER = 'http://login.test/realms/test';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

async function world(attributes: Record<string, string> = {}): Promise<LoginServer> {
  const keys = [{ ...(await exportJWK(rsa.publicKey)), kid: 'rsa', use: 'enc' }];
  return loginServer({
    client: {
      implicitFlowEnabled: true,
      attributes: { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys }), ...attributes },
    },
  });
}

async function opened(server: LoginServer, response: string): Promise<JWTPayload> {
  const headers = { host: 'login.test' };
  const keys = (await server.app.inject({ url: '/realms/test/protocol/openid-connect/certs', headers })).json<JSONWebKeySet>();
  const currentDate = new Date(server.context.clock.nowMs());
  return (await jwtVerify(response, createLocalJWKSet(keys), { issuer: ISSUER, audience: 'app', currentDate })).payload;
}

const byQuery = (answer: LightMyRequestResponse) => redirectOf(answer).searchParams;
const byFragment = (answer: LightMyRequestResponse) => new URLSearchParams(redirectOf(answer).hash.slice(1));
const byForm = (answer: LightMyRequestResponse) =>
  new URLSearchParams(
    [...answer.body.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value]),
  );

describe('JARM section 2.3: answers come as one signed document', () => {
  it.each([
    ['jwt', 'code', byQuery],
    ['query.jwt', 'code', byQuery],
    ['fragment.jwt', 'code', byFragment],
    ['form_post.jwt', 'code', byForm],
    ['jwt', 'code id_token', byFragment],
    ['fragment.jwt', 'id_token token', byFragment],
    ['form_post.jwt', 'code id_token token', byForm],
  ])('%s for %s', async (mode, type, read) => {
    const server = await world();
    const answer = await server.login(server.browser(), { response_mode: mode, response_type: type, nonce: 'n' });
    const parameters = read(answer);
    expect([...parameters.keys()]).toEqual(['response']);
    const claims = await opened(server, parameters.get('response') ?? '');
    expect(claims).toMatchObject({ iss: ISSUER, aud: 'app', state: 'st', exp: server.context.clock.nowSeconds() + 60 });
    for (const part of type.split(' ')) expect(claims[part === 'token' ? 'access_token' : part]).toEqual(expect.any(String));
  });

  it('errors, too: of the request, of a login without pages, and of one that a person gives up', async () => {
    const server = await world();
    const refused = byQuery(await server.browser().get(server.authUrl({ response_mode: 'jwt', scope: 'openid nonsense' })));
    expect([...refused.keys()]).toEqual(['response']);
    expect(await opened(server, refused.get('response') ?? '')).toMatchObject({ error: 'invalid_scope', state: 'st' });
    const silent = byFragment(await server.browser().get(server.authUrl({ response_mode: 'fragment.jwt', prompt: 'none' })));
    expect(await opened(server, silent.get('response') ?? '')).toMatchObject({ error: 'login_required', iss: ISSUER, aud: 'app' });
  });

  it('signed by the algorithm that the client chose', async () => {
    const server = await world({ 'authorization.signed.response.alg': 'HS512' });
    const response = byQuery(await server.login(server.browser(), { response_mode: 'jwt' })).get('response') ?? '';
    expect(decodeProtectedHeader(response)).toMatchObject({ alg: 'HS512' });
  });
});

describe('JARM section 2.2: and encrypted to a client that wants it', () => {
  const encrypted = { 'authorization.encrypted.response.alg': 'RSA-OAEP-256', 'authorization.encrypted.response.enc': 'A256GCM' };

  it('after they were signed', async () => {
    const server = await world(encrypted);
    const response = byQuery(await server.login(server.browser(), { response_mode: 'jwt' })).get('response') ?? '';
    expect(decodeProtectedHeader(response)).toMatchObject({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' });
    const inner = Buffer.from((await compactDecrypt(response, rsa.privateKey)).plaintext).toString();
    expect(await opened(server, inner)).toMatchObject({ code: expect.any(String) });
  });

  it('which alone lets tokens into an address', async () => {
    const tokens = { response_mode: 'query.jwt', response_type: 'id_token', nonce: 'n' };
    const server = await world(encrypted);
    const response = byQuery(await server.login(server.browser(), tokens)).get('response') ?? '';
    expect(decodeProtectedHeader(response)).toMatchObject({ alg: 'RSA-OAEP-256' });
  });
});

describe('what JARM refuses', () => {
  it.each([
    ['tokens in an address that everybody can read', { response_mode: 'query.jwt', response_type: 'id_token', nonce: 'n' }],
    ['an unknown carrier', { response_mode: 'header.jwt' }],
    ['a carrier in capitals', { response_mode: 'QUERY.JWT' }],
    ['a mode with something behind it', { response_mode: 'jwt.query' }],
    ['an empty carrier', { response_mode: '.jwt' }],
    ['a name of every object', { response_mode: 'constructor.jwt' }],
  ])('%s', async (_name, parameters) => {
    const server = await world();
    const answer = await server.browser().get(server.authUrl(parameters));
    expect(redirectOf(answer).href).not.toMatch(/code=|id_token=/);
    const query = byQuery(answer);
    const claims = query.has('response') ? await opened(server, query.get('response') ?? '') : Object.fromEntries(query);
    expect(claims).toMatchObject({ error: 'invalid_request', state: 'st' });
  });
});
