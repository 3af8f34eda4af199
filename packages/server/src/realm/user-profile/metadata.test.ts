import { describe, expect, it } from 'vitest';
import { realmFixture } from '../../testing/fixtures.ts';
import { visibleAttributes } from './check-profile.ts';
import { profileMetadata } from './metadata.ts';
import { defaultProfile, profileOf, profileOfUsers, withProfile } from './profile.ts';

const plain = realmFixture();
const languages = realmFixture({ internationalizationEnabled: true, supportedLocales: ['en', 'de'] });
const namesIn = (realm: typeof plain): unknown =>
  (profileMetadata(realm, 'user', false)['attributes'] as { name: string }[]).map(({ name }) => name);

describe('the language of a user', () => {
  it('is first in the form where the realm is in several, and the person sees it', () => {
    expect(namesIn(plain)).toEqual(['username', 'email', 'firstName', 'lastName']);
    expect(namesIn(languages)).toEqual(['locale', 'username', 'email', 'firstName', 'lastName']);
    const attributes = { locale: ['de'], other: ['x'] };
    expect(visibleAttributes(profileOfUsers(languages), attributes, 'user')).toEqual({ locale: ['de'] });
    expect(visibleAttributes(profileOfUsers(plain), attributes, 'user')).toEqual({});
  });

  it('is what the profile says of it, where it says anything, and no part of the configuration otherwise', () => {
    expect(profileOf(languages)).toBe(defaultProfile);
    const own = { name: 'locale', permissions: { view: ['admin'], edit: ['admin'] } };
    const realm = withProfile(languages, { attributes: [...defaultProfile.attributes, own] }, 'id');
    expect(namesIn(realm)).toEqual(['username', 'email', 'firstName', 'lastName']);
    expect(profileOfUsers(realm).attributes.at(-1)).toEqual(own);
  });
});
