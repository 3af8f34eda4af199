import { describe, expect, it } from 'vitest';
import { type LoginServer, loginServer, REDIRECT } from '../../testing/login-server.ts';
import { type ProofKey, proof, proofKey } from '../../testing/proofs.ts';
import { postForm, push } from '../../testing/protocol-forms.ts';
import { redirectOf } from '../../testing/test-browser.ts';

async function exchange(server: LoginServer, parameters: Record<string, string>, key: ProofKey | undefined) {
  const code = redirectOf(await server.login(server.browser(), parameters)).searchParams.get('code') ?? '';
  const headers = key === undefined ? {} : { dpop: await proof(key, { nowSeconds: server.context.clock.nowSeconds() }) };
  const form = { client_id: 'app', grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
  return postForm(server, 'protocol/openid-connect/token', form, headers);
}

describe('RFC 9449 section 10: a code can be bound to a key', () => {
  it('by dpop_jkt of the authorization request', async () => {
    const server = await loginServer();
    const key = await proofKey();
    const named = { dpop_jkt: key.thumbprint };
    expect((await exchange(server, named, key)).statusCode).toBe(200);
    for (const other of [undefined, await proofKey()]) {
      expect((await exchange(server, named, other)).json()).toEqual({
        error: 'invalid_grant',
        error_description: 'DPoP Proof public key thumbprint does not match dpop_jkt.',
      });
    }
  });

  it('by the proof of a pushed request (section 10.1)', async () => {
    const server = await loginServer();
    const key = await proofKey();
    const url = 'http://login.test/realms/test/protocol/openid-connect/ext/par/request';
    const form = { client_id: 'app', redirect_uri: REDIRECT, response_type: 'code', scope: 'openid' };
    const pushed = async (more: Record<string, string> = {}) => {
      const dpop = await proof(key, { url, nowSeconds: server.context.clock.nowSeconds() });
      return (await postForm(server, 'protocol/openid-connect/ext/par/request', { ...form, ...more }, { dpop })).json();
    };
    expect((await exchange(server, { request_uri: (await pushed()).request_uri }, key)).statusCode).toBe(200);
    expect((await exchange(server, { request_uri: (await pushed()).request_uri }, undefined)).statusCode).toBe(400);
    expect((await pushed({ dpop_jkt: 'other' })).error).toBe('invalid_dpop_proof');
    expect((await push(server, { ...form, dpop_jkt: key.thumbprint })).statusCode).toBe(201);
  });
});
