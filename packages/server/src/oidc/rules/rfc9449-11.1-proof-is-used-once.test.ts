import { describe, expect, it } from 'vitest';
import { loginServer } from '../../testing/login-server.ts';
import { proof, proofKey } from '../../testing/proofs.ts';
import { postForm } from '../../testing/protocol-forms.ts';

const password = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };

describe('RFC 9449 section 11.1: a proof is used once', () => {
  it('of however many tries at once, and never again while it would be in time', async () => {
    const server = await loginServer();
    const dpop = await proof(await proofKey(), { nowSeconds: server.context.clock.nowSeconds() });
    const use = () => postForm(server, 'protocol/openid-connect/token', password, { dpop });
    const answers = await Promise.all([use(), use(), use(), use()]);
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    server.context.clock.advanceSeconds(25);
    expect((await use()).json()).toEqual({ error: 'invalid_dpop_proof', error_description: 'DPoP proof has already been used' });
    server.context.clock.advanceSeconds(1);
    expect((await use()).json().error_description).toBe('DPoP proof is not active');
  });

  it('but two keys may use the same jti', async () => {
    const server = await loginServer();
    for (const key of [await proofKey(), await proofKey()]) {
      const dpop = await proof(key, { nowSeconds: server.context.clock.nowSeconds(), claims: { jti: 'same' } });
      expect((await postForm(server, 'protocol/openid-connect/token', password, { dpop })).statusCode).toBe(200);
    }
  });
});
