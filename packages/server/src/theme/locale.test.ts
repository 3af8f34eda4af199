import { describe, expect, it } from 'vitest';
import { realmFixture } from '../testing/fixtures.ts';
import { localeFor } from './locale.ts';

const realm = realmFixture({ internationalizationEnabled: true, supportedLocales: ['en', 'de', 'pt-BR'], defaultLocale: 'de' });

describe('the language of a person', () => {
  it.each([
    [{ chosen: 'en', ofUser: 'de' }, 'en'],
    [{ ofUser: 'pt_BR', ofClient: 'en' }, 'pt-BR'],
    [{ ofClient: 'fr de-AT en' }, 'de'],
    [{ ofClient: 'fr', cookie: 'en', acceptLanguage: 'de' }, 'en'],
    [{ acceptLanguage: 'fr, en;q=0.5, de;q=0.8, *;q=0.1' }, 'de'],
    [{ acceptLanguage: 'fr' }, 'de'],
    [{ chosen: '../..', cookie: '' }, 'de'],
  ])('by %j is %s', (hints, locale) => {
    expect(localeFor(realm, hints)).toBe(locale);
  });

  it('is English where the realm speaks no other, and where it has no default', () => {
    expect(localeFor({ ...realm, internationalizationEnabled: false }, { chosen: 'de' })).toBe('en');
    expect(localeFor({ ...realm, defaultLocale: undefined }, { acceptLanguage: 'fr' })).toBe('en');
  });
});
