import { describe, expect, it } from 'vitest';
import { identityProviderFixture } from '../testing/fixtures.ts';
import { claimAt } from './claims.ts';
import { outsideIdentity } from './outside-identity.ts';
import { oidcProvider } from './provider.ts';
import { checkIdToken } from './tokens-of-provider.ts';

const NOW = 1_800_000_000;
const stored = identityProviderFixture();
const good = { iss: 'https://up.example', aud: 'me', sub: 's', exp: NOW + 60, iat: NOW, nonce: 'n' };
const provider = () => {
  const settings = oidcProvider(stored);
  if (settings === undefined) throw new Error('no settings');
  return settings;
};

describe('OpenID Connect Core section 3.1.3.7: an id token of a provider', () => {
  it('is taken where it is of this login', () => {
    for (const more of [{}, { aud: ['me'] }, { aud: ['me', 'other'], azp: 'me' }, { exp: NOW - 30 }, { nbf: NOW + 30 }])
      expect(checkIdToken(provider(), { ...good, ...more }, 'n', NOW).sub).toBe('s');
  });

  it.each([
    [{ iss: 'https://other.example' }, 'another issuer'],
    [{ iss: undefined }, 'another issuer'],
    [{ aud: 'other' }, 'somebody else'],
    [{ aud: undefined }, 'somebody else'],
    [{ aud: ['me', 'other'] }, 'issued to somebody else'],
    [{ azp: 'other' }, 'issued to somebody else'],
    [{ exp: NOW - 61 }, 'is over'],
    [{ exp: undefined }, 'is over'],
    [{ exp: String(NOW + 60) }, 'is over'],
    [{ iat: NOW + 61 }, 'time to come'],
    [{ nbf: NOW + 61 }, 'time to come'],
    [{ nonce: 'other' }, 'another login'],
    [{ nonce: undefined }, 'another login'],
    [{ sub: '' }, 'names nobody'],
    [{ sub: 7 }, 'names nobody'],
    [{ sub: 'x'.repeat(256) }, 'names nobody'],
  ])('is refused with %j: %s', (wrong, why) => {
    expect(() => checkIdToken(provider(), { ...good, ...wrong }, 'n', NOW)).toThrow(why);
  });

  it('cannot be asked for with settings that do not suffice', () => {
    for (const wrong of [{ authorizationUrl: '' }, { tokenUrl: '' }, { clientId: ' ' }, { validateSignature: 'true' }])
      expect(oidcProvider({ ...stored, config: { ...stored.config, ...wrong } })).toBeUndefined();
    expect(oidcProvider({ ...stored, providerId: 'saml' })).toBeUndefined();
  });
});

describe('an outside identity', () => {
  it('is trusted with an address only where the settings say so', () => {
    const claims = { sub: 's', email: 'A@Up.example', email_verified: true };
    expect(outsideIdentity(stored, claims, true)).toMatchObject({ email: 'a@up.example', emailVerified: false });
    expect(outsideIdentity({ ...stored, trustEmail: true }, claims, true).emailVerified).toBe(true);
    expect(outsideIdentity({ ...stored, trustEmail: true }, { ...claims, email_verified: false }, true).emailVerified).toBe(false);
  });

  it('is read from claims by their own members only', () => {
    expect(claimAt({ a: { b: 'c' }, 'x.y': 'z' }, 'a.b')).toBe('c');
    expect(claimAt({ 'x.y': 'z' }, 'x\\.y')).toBe('z');
    for (const path of ['constructor.name', '__proto__', 'a.b']) expect(claimAt({ sub: 's' }, path)).toBeUndefined();
  });
});
