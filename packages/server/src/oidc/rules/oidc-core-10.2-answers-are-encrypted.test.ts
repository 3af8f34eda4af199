import { generateKeyPairSync } from 'node:crypto';
import { compactDecrypt, decodeJwt, decodeProtectedHeader, exportJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { loginServer } from '../../testing/login-server.ts';
import { postForm } from '../../testing/protocol-forms.ts';

const password = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

async function world(attributes: Record<string, string>) {
  const keys = [
    { ...(await exportJWK(rsa.publicKey)), kid: 'sig', use: 'sig', alg: 'RS256' },
    { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', use: 'enc' },
    { ...(await exportJWK(ec.publicKey)), kid: 'ec', use: 'enc' },
  ];
  const server = await loginServer({
    client: { attributes: { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys }), ...attributes } },
  });
  const tokens = async () => postForm(server, 'protocol/openid-connect/token', password);
  const userinfo = async (token: string) =>
    server.app.inject({
      url: '/realms/test/protocol/openid-connect/userinfo',
      headers: { host: 'login.test', authorization: `Bearer ${token}` },
    });
  return { server, tokens, userinfo };
}

async function opened(text: string): Promise<string> {
  const key = decodeProtectedHeader(text).kid === 'ec' ? ec.privateKey : rsa.privateKey;
  return Buffer.from((await compactDecrypt(text, key)).plaintext).toString();
}

describe('OpenID Connect Core section 10.2: answers are signed and then encrypted to the client', () => {
  it.each([
    ['RSA-OAEP', undefined, { alg: 'RSA-OAEP', enc: 'A128CBC-HS256', cty: 'JWT', kid: 'rsa' }],
    ['RSA-OAEP-256', 'A256GCM', { alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', kid: 'rsa' }],
    ['ECDH-ES', 'A128GCM', { alg: 'ECDH-ES', enc: 'A128GCM', cty: 'JWT', kid: 'ec' }],
    ['ECDH-ES+A256KW', 'A256CBC-HS512', { alg: 'ECDH-ES+A256KW', enc: 'A256CBC-HS512', cty: 'JWT', kid: 'ec' }],
  ])('the id token by %s', async (alg, enc, header) => {
    const more = enc === undefined ? {} : { 'id.token.encrypted.response.enc': enc };
    const { tokens } = await world({ 'id.token.encrypted.response.alg': alg, ...more });
    const { id_token: idToken } = (await tokens()).json();
    expect(decodeProtectedHeader(idToken)).toMatchObject(header);
    const inner = await opened(idToken);
    expect(decodeProtectedHeader(inner)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(decodeJwt(inner)).toMatchObject({ typ: 'ID', aud: 'app', iss: 'http://login.test/realms/test' });
  });

  it('userinfo, signed or not', async () => {
    for (const algorithm of [undefined, 'RS256']) {
      const more = algorithm === undefined ? {} : { 'user.info.response.signature.alg': algorithm };
      const { server, tokens, userinfo } = await world({ 'user.info.encrypted.response.alg': 'RSA-OAEP', ...more });
      const answer = await userinfo((await tokens()).json().access_token);
      expect(answer.headers['content-type']).toContain('application/jwt');
      expect(decodeProtectedHeader(answer.body).cty).toBe(algorithm && 'JWT');
      const inner = await opened(answer.body);
      expect(algorithm === undefined ? JSON.parse(inner) : decodeJwt(inner)).toMatchObject({ sub: server.user.id });
    }
  });

  it.each([
    ['an algorithm that is none', { 'id.token.encrypted.response.alg': 'none' }],
    ['an algorithm that gives away what it decrypts', { 'id.token.encrypted.response.alg': 'RSA1_5' }],
    ['a content encryption that is none', { 'id.token.encrypted.response.alg': 'RSA-OAEP', 'id.token.encrypted.response.enc': 'none' }],
    ['no key', { 'id.token.encrypted.response.alg': 'RSA-OAEP', 'jwks.string': '{"keys":[]}' }],
  ])('or not given at all, with %s', async (_fault, attributes) => {
    const { tokens } = await world(attributes as Record<string, string>);
    const answer = await tokens();
    expect([answer.statusCode, answer.json().id_token]).toEqual([400, undefined]);
  });
});
