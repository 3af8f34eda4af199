import { COOKIE } from '../authentication/browser-cookies.ts';
import type { Client, Realm, User } from '../model/index.ts';
import { LOCALE_ATTRIBUTE } from '../realm/user-profile/profile.ts';
import { localeFor, supported } from '../theme/locale.ts';
import type { BrowserRequest } from './browser-request.ts';

/** Parameter by which a page is asked for in another language. */
const CHOICE = 'kc_locale';

/** One language that a page can be had in. */
export interface LanguageLink {
  readonly locale: string;
  readonly name: string;
  readonly url: string;
  readonly current: boolean;
}

/** Links to the same page in the realm's languages; none where there is no choice. */
export function languageLinks(
  { realm, locale }: BrowserRequest,
  again: string | undefined,
  nameOf: (locale: string) => string,
): readonly LanguageLink[] {
  if (again === undefined || !realm.internationalizationEnabled || realm.supportedLocales.length < 2) return [];
  return realm.supportedLocales.map((one) => ({
    locale: one,
    name: nameOf(one),
    url: `${again}${again.includes('?') ? '&' : '?'}${CHOICE}=${encodeURIComponent(one)}`,
    current: one === locale,
  }));
}

/** The language that this request chooses, if the realm has it. */
export function chosenLocale(realm: Realm, query: Readonly<Record<string, string>>): string | undefined {
  const wish = query[CHOICE];
  return !realm.internationalizationEnabled || wish === undefined ? undefined : supported(realm, wish);
}

/** The request as it looks to the person of a login: in their language, and with the theme of the application. */
export function forPerson(
  browser: BrowserRequest,
  client: Client,
  known: { readonly chosen?: string | undefined; readonly user?: User | undefined; readonly uiLocales?: string | undefined },
): BrowserRequest {
  const themeName = client.attributes['login_theme'] || undefined;
  const { realm, cookies, request } = browser;
  const locale = localeFor(realm, {
    chosen: known.chosen,
    ofUser: known.user?.attributes[LOCALE_ATTRIBUTE]?.[0],
    ofClient: known.uiLocales,
    cookie: cookies.read(COOKIE.locale),
    acceptLanguage: request.headers['accept-language'],
  });
  return { ...browser, locale, themeName };
}
