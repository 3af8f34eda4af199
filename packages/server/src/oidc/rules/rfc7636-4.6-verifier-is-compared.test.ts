import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codeOfBrowser } from '../../testing/token-logins.ts';

const VERIFIER = 'v'.repeat(50);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

const refusal = (description: string) => ({ error: 'invalid_grant', error_description: description });

describe('RFC 7636 section 4.6: the verifier is compared with the challenge', () => {
  const s256 = { codeChallenge: CHALLENGE, codeChallengeMethod: 'S256' };
  it.each([
    ['S256', s256, VERIFIER],
    ['plain', { codeChallenge: VERIFIER, codeChallengeMethod: 'plain' }, VERIFIER],
    ['plain when no method was named', { codeChallenge: VERIFIER }, VERIFIER],
  ])('accepts %s', async (_name, pkce, verifier) => {
    const { exchange } = await codeOfBrowser(pkce);
    expect((await exchange({ code_verifier: verifier })).status).toBe(200);
  });

  it.each([
    ['a missing verifier', s256, {}, 'PKCE code verifier not specified'],
    ['a wrong verifier', s256, { code_verifier: 'w'.repeat(50) }, 'PKCE verification failed: Code mismatch'],
    ['a short verifier', s256, { code_verifier: 'w' }, 'PKCE verification failed: Invalid code verifier'],
    ['the challenge itself', s256, { code_verifier: CHALLENGE }, 'PKCE verification failed: Code mismatch'],
    [
      'a verifier without a challenge',
      {},
      { code_verifier: VERIFIER },
      'PKCE code verifier specified but challenge not present in authorization',
    ],
  ])('refuses %s', async (_name, pkce, more, description) => {
    const { exchange } = await codeOfBrowser(pkce);
    expect((await exchange(more as Record<string, string>)).json).toEqual(refusal(description));
  });

  it('refuses plain where the client demands S256, and a code without a challenge', async () => {
    for (const pkce of [{ codeChallenge: VERIFIER, codeChallengeMethod: 'plain' }, {}]) {
      const { world, exchange } = await codeOfBrowser(pkce);
      world.changeClient({ attributes: { 'pkce.code.challenge.method': 'S256' } });
      const answer = await exchange('codeChallenge' in pkce ? { code_verifier: VERIFIER } : {});
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_grant']);
    }
  });
});
