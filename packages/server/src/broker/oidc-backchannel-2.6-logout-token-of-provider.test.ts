import { describe, expect, it } from 'vitest';
import { identityProviderFixture } from '../testing/fixtures.ts';
import { checkLogoutToken } from './logout-token.ts';
import { oidcProvider } from './provider.ts';

const NOW = 1_800_000_000;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const settings = oidcProvider(identityProviderFixture());
if (settings === undefined) throw new Error('no settings');
const provider = settings;
const good = { iss: 'https://up.example', aud: 'me', iat: NOW, exp: NOW + 120, jti: 'j', sub: 's', sid: 'x', events: { [EVENT]: {} } };

describe('OpenID Connect Back-Channel Logout section 2.6: a logout token of a provider', () => {
  it('is taken with a user, a session, or both', () => {
    for (const [more, expected] of [
      [{}, { alias: 'up', subject: 's', sessionId: 'x', revokesOffline: false }],
      [{ sub: undefined }, { subject: undefined, sessionId: 'x' }],
      [{ sid: undefined }, { subject: 's', sessionId: undefined }],
      [{ aud: ['other', 'me'] }, { subject: 's' }],
      [{ exp: undefined }, { expires: NOW + 660 }],
      [{ events: { [EVENT]: {}, revoke_offline_access: true } }, { revokesOffline: true }],
    ] as const)
      expect(checkLogoutToken(provider, { ...good, ...more }, NOW)).toMatchObject(expected);
  });

  it.each([
    [{ iss: 'https://other.example' }, 'another provider'],
    [{ aud: 'other' }, 'somebody else'],
    [{ iat: undefined }, 'not of now'],
    [{ iat: NOW + 61 }, 'not of now'],
    [{ iat: NOW - 600 }, 'not of now'],
    [{ iat: String(NOW) }, 'not of now'],
    [{ exp: NOW - 61 }, 'is over'],
    [{ exp: String(NOW) }, 'is over'],
    [{ jti: undefined }, 'no jti'],
    [{ jti: 'x'.repeat(256) }, 'no jti'],
    [{ events: undefined }, 'no logout'],
    [{ events: {} }, 'no logout'],
    [{ events: { [EVENT]: true } }, 'no logout'],
    [{ events: [EVENT] }, 'no logout'],
    [{ nonce: 'n' }, 'a nonce'],
    [{ sub: undefined, sid: undefined }, 'neither a user nor a session'],
    [{ sub: 7 }, 'neither a user nor a session'],
    [{ sid: '' }, 'neither a user nor a session'],
  ])('is refused with %j: %s', (wrong, why) => {
    expect(() => checkLogoutToken(provider, { ...good, ...wrong }, NOW)).toThrow(why);
  });
});
