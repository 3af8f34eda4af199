import { describe, expect, it } from 'vitest';
import { type LoginServer, loginServer } from '../../testing/login-server.ts';
import { proof, proofKey } from '../../testing/proofs.ts';
import { postForm } from '../../testing/protocol-forms.ts';

const password = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };
const demanding = { client: { attributes: { 'dpop.nonce.required': 'true' } } };

async function ask(server: LoginServer, nonce: string | undefined) {
  const dpop = await proof(await proofKey(), { nowSeconds: server.context.clock.nowSeconds(), claims: { nonce } });
  return postForm(server, 'protocol/openid-connect/token', password, { dpop });
}

describe('RFC 9449 section 8: the server may demand a nonce of its own', () => {
  it('which comes with the refusal and with each answer, and is good for a minute or two', async () => {
    const server = await loginServer(demanding);
    const refused = await ask(server, undefined);
    expect([refused.statusCode, refused.json().error]).toEqual([400, 'use_dpop_nonce']);
    const nonce = String(refused.headers['dpop-nonce']);
    expect(nonce).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]{20,}$/);
    const answer = await ask(server, nonce);
    expect([answer.statusCode, typeof answer.headers['dpop-nonce']]).toEqual([200, 'string']);
    server.context.clock.advanceSeconds(60);
    expect((await ask(server, nonce)).statusCode).toBe(200);
    server.context.clock.advanceSeconds(60);
    expect((await ask(server, nonce)).json().error).toBe('use_dpop_nonce');
  });

  it.each(['', 'abc', 'dpop-30000000.AAAA', `dpop-30000000.${'A'.repeat(86)}`])('and cannot be made by others: %j', async (nonce) => {
    expect((await ask(await loginServer(demanding), nonce)).json().error).toBe('use_dpop_nonce');
  });

  it('and is no session id, nor a session id a nonce', async () => {
    const server = await loginServer(demanding);
    const { tokens } = server.context;
    expect((await ask(server, await tokens.signSessionId(server.realm, 'dpop'))).json().error).toBe('use_dpop_nonce');
    expect((await ask(server, await tokens.signSessionId(server.realm, 'dpop-1'))).json().error).toBe('use_dpop_nonce');
  });

  it('also where the token is shown (section 9)', async () => {
    const server = await loginServer(demanding);
    const key = await proofKey();
    const nowSeconds = server.context.clock.nowSeconds();
    const first = String((await ask(server, undefined)).headers['dpop-nonce']);
    const dpop = await proof(key, { nowSeconds, claims: { nonce: first } });
    const { access_token: token } = (await postForm(server, 'protocol/openid-connect/token', password, { dpop })).json();
    const url = '/realms/test/protocol/openid-connect/userinfo';
    const show = async (nonce: string | undefined) => {
      const parts = { method: 'GET', url: `http://login.test${url}`, accessToken: token, nowSeconds, claims: { nonce } };
      return server.app.inject({ url, headers: { host: 'login.test', authorization: `DPoP ${token}`, dpop: await proof(key, parts) } });
    };
    const refused = await show(undefined);
    expect(refused.headers['www-authenticate']).toContain('error="use_dpop_nonce"');
    expect((await show(String(refused.headers['dpop-nonce']))).statusCode).toBe(200);
  });
});
