import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Client } from '../../model/index.ts';
import { type LoginServer, loginServer } from '../../testing/login-server.ts';
import { type ProofKey, proof, proofKey } from '../../testing/proofs.ts';
import { postForm } from '../../testing/protocol-forms.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const password = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };

async function ask(server: LoginServer, key: ProofKey | undefined, form: Record<string, string>) {
  const nowSeconds = server.context.clock.nowSeconds();
  const headers = key === undefined ? {} : { dpop: await proof(key, { nowSeconds }) };
  return postForm(server, 'protocol/openid-connect/token', { client_id: 'app', ...form }, headers);
}

const refresh = (token: string) => ({ grant_type: 'refresh_token', refresh_token: token });
const confidential: Partial<Client> = { publicClient: false };
const bound: Partial<Client> = { attributes: { 'dpop.bound.access.tokens': 'true' } };

describe('RFC 9449 section 5: tokens are bound to the key of the proof', () => {
  it('says so in the answer and in the token', async () => {
    const server = await loginServer();
    const key = await proofKey();
    const tokens = (await ask(server, key, password)).json();
    expect(tokens.token_type).toBe('DPoP');
    expect(decodeJwt(tokens.access_token)).toMatchObject({ typ: 'DPoP', cnf: { jkt: key.thumbprint } });
    expect(decodeJwt(tokens.id_token)['cnf']).toBeUndefined();
    const plain = (await ask(server, undefined, password)).json();
    expect([plain.token_type, decodeJwt(plain.access_token)['cnf']]).toEqual(['Bearer', undefined]);
  });

  it('demands a proof of a client that is bound to it', async () => {
    const server = await loginServer({ client: bound });
    const answer = await ask(server, undefined, password);
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'invalid_request', error_description: 'DPoP proof is missing' }]);
    expect((await ask(server, await proofKey(), password)).statusCode).toBe(200);
  });

  it('binds the refresh token of a public client to the key', async () => {
    const server = await loginServer();
    const [key, other] = [await proofKey(), await proofKey()];
    const first = (await ask(server, key, password)).json();
    expect((await ask(server, undefined, refresh(first.refresh_token))).json()).toEqual({
      error: 'invalid_grant',
      error_description: 'DPoP proof is missing',
    });
    expect((await ask(server, other, refresh(first.refresh_token))).json()).toEqual({
      error: 'invalid_grant',
      error_description: "DPoP confirmation doesn't match DPoP proof",
    });
    const second = (await ask(server, key, refresh(first.refresh_token))).json();
    expect(decodeJwt(second.access_token)).toMatchObject({ cnf: { jkt: key.thumbprint } });
    expect((await ask(server, other, refresh(second.refresh_token))).statusCode).toBe(400);
    expect((await ask(server, key, refresh(second.refresh_token))).statusCode).toBe(200);
  });

  it('lets a confidential client change its key: it proves itself by its secret', async () => {
    const server = await loginServer({ client: confidential });
    const other = await proofKey();
    const secret = { client_secret: 'app-secret' };
    const first = (await ask(server, await proofKey(), { ...password, ...secret })).json();
    const second = (await ask(server, other, { ...refresh(first.refresh_token), ...secret })).json();
    expect(decodeJwt(second.access_token)).toMatchObject({ cnf: { jkt: other.thumbprint } });
  });

  it('gives such a client nothing through the browser, where it could prove nothing', async () => {
    const server = await loginServer({ client: { ...bound, implicitFlowEnabled: true } });
    for (const response_type of ['token', 'id_token', 'code token', 'code id_token token']) {
      const answer = redirectOf(await server.browser().get(server.authUrl({ response_type, nonce: 'n' })));
      expect(new URLSearchParams(answer.hash.slice(1)).get('error')).toBe('unauthorized_client');
    }
  });

  it('is said in the discovery document', async () => {
    const { app } = await loginServer();
    const document = (await app.inject('/realms/test/.well-known/openid-configuration')).json();
    expect(document.dpop_signing_alg_values_supported).toContain('ES256');
    expect(document.dpop_signing_alg_values_supported.join()).not.toMatch(/HS|none/);
  });
});
