import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clientFixture, realmFixture } from '../testing/fixtures.ts';
import { checkCodeVerifier } from './pkce.ts';

const realm = realmFixture();
const free = clientFixture(realm);
const strict = clientFixture(realm, { attributes: { 'pkce.code.challenge.method': 'S256' } });
// The pair of RFC 7636 appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const s256 = { codeChallenge: challenge, codeChallengeMethod: 'S256' };
const none = { codeChallenge: undefined, codeChallengeMethod: undefined };

describe('a code verifier', () => {
  it('fits the challenge of the RFC', () => {
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(challenge);
    for (const client of [free, strict]) expect(() => checkCodeVerifier(client, s256, verifier)).not.toThrow();
  });

  it('is not needed without a challenge, unless the client must use PKCE', () => {
    expect(() => checkCodeVerifier(free, none, undefined)).not.toThrow();
    expect(() => checkCodeVerifier(strict, none, undefined)).toThrow();
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['one character short', verifier.slice(1)],
    ['too long', 'a'.repeat(129)],
    ['with a character that is not allowed', `${verifier}=`],
    ['with a line feed behind it', `${verifier}\n`],
    ['another one', verifier.replace('d', 'e')],
  ])('is refused when it is %s', (_name, text) => {
    expect(() => checkCodeVerifier(free, s256, text)).toThrow();
  });

  it('cannot be downgraded to plain where the client demands S256', () => {
    expect(() => checkCodeVerifier(strict, { codeChallenge: verifier, codeChallengeMethod: 'plain' }, verifier)).toThrow();
    expect(() => checkCodeVerifier(strict, { codeChallenge: verifier, codeChallengeMethod: undefined }, verifier)).toThrow();
  });
});
