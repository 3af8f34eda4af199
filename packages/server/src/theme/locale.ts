import type { Realm } from '../model/index.ts';

/** Where a person's language may be known from, the strongest first. */
export interface LocaleHints {
  /** What was chosen on a page of this login. */
  readonly chosen?: string | undefined;
  /** Attribute `locale` of the user. */
  readonly ofUser?: string | undefined;
  /** `ui_locales` of the application (OpenID Connect Core section 3.1.2.1): several, by a space. */
  readonly ofClient?: string | undefined;
  readonly cookie?: string | undefined;
  readonly acceptLanguage?: string | undefined;
}

export const DEFAULT_LOCALE = 'en';

/** The language for a person. A realm that is not in several languages speaks English. */
export function localeFor(realm: Realm, hints: LocaleHints): string {
  if (!realm.internationalizationEnabled) return DEFAULT_LOCALE;
  const wishes = [
    hints.chosen,
    hints.ofUser,
    ...(hints.ofClient ?? '').split(' '),
    hints.cookie,
    ...acceptedOf(hints.acceptLanguage ?? ''),
    realm.defaultLocale,
  ];
  for (const wish of wishes) {
    const found = wish === undefined || wish === '' ? undefined : supported(realm, wish);
    if (found !== undefined) return found;
  }
  return DEFAULT_LOCALE;
}

/** The realm's language that serves a wished one: itself, else the one without region. */
export function supported({ supportedLocales }: Pick<Realm, 'supportedLocales'>, wish: string): string | undefined {
  const tag = wish.replaceAll('_', '-').toLowerCase();
  for (let end = tag.length; end > 0; end = tag.lastIndexOf('-', end - 1)) {
    const found = supportedLocales.find((locale) => locale.replaceAll('_', '-').toLowerCase() === tag.slice(0, end));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Languages of an Accept-Language header (RFC 9110 section 12.5.4), the most wished first. */
function acceptedOf(header: string): string[] {
  return header
    .slice(0, 1_000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((one) => /^\s*q=([\d.]+)/.exec(one)?.[1]).find((one) => one !== undefined);
      return { tag, weight: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, weight }) => tag !== '' && tag !== '*' && weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
