import type { Realm, User } from '../model/index.ts';
import { localizationTexts } from '../realm/localization.ts';
import { localeFor } from '../theme/locale.ts';
import { type Theme, themeText } from '../theme/theme.ts';
import type { Themes } from '../theme/themes.ts';
import type { Mail } from './mailer.ts';

/** What a mail with a link is for. */
export type LinkMail = 'resetCredentials' | 'executeActions' | 'verifyEmail' | 'identityProviderLink';

export interface LinkMailRequest {
  readonly kind: LinkMail;
  readonly realm: Realm;
  readonly user: Pick<User, 'email' | 'attributes'>;
  /** Language of the page that the mail was asked for on; the user's own comes first. */
  readonly pageLocale?: string | undefined;
  readonly link: string;
  /** How long the link works, from now. */
  readonly lifespanSeconds: number;
  /** Names of the actions that are asked for. */
  readonly actions?: readonly string[] | undefined;
  /** The identity that is to be linked: its provider and its name there. */
  readonly identity?: readonly [provider: string, name: string] | undefined;
}

/** How mails of a realm to one person are written. */
interface Writer {
  readonly theme: Theme;
  readonly locale: string;
  say(key: string, ...parameters: readonly string[]): string;
}

function writerFor(themes: Themes, realm: Realm, person: Pick<User, 'attributes'>, pageLocale: string | undefined): Writer {
  const theme = themes.of('email', realm.other['emailTheme'] as string | undefined);
  const locale = localeFor(realm, { ofUser: person.attributes['locale']?.[0], ofClient: pageLocale });
  const own = localizationTexts(realm)[locale] ?? {};
  return { theme, locale, say: (key, ...parameters) => themeText(theme, own, locale, key, parameters) };
}

/** A mail whose link does something once. */
export function linkMail(
  themes: Themes,
  { kind, realm, user, pageLocale, link, lifespanSeconds, actions = [], identity = ['', ''] }: LinkMailRequest,
): Mail {
  const { theme, locale, say } = writerFor(themes, realm, user, pageLocale);
  const data = {
    locale,
    intro: say(`${kind}Intro`, realm.displayName || realm.realm, actions.join(', '), ...identity),
    link,
    linkText: say(`${kind}Link`),
    expiry: say('linkExpires', lifespanText(say, lifespanSeconds)),
    ignore: say(`${kind}Ignore`),
    msg: say,
  };
  const written = { text: theme.render('link-text', data), html: theme.render('link-html', data) };
  return { to: user.email ?? '', subject: say(`${kind}Subject`, '', '', identity[0]), ...written };
}

/** The mail that tries settings out. */
export function testMail(themes: Themes, realm: Realm, user: Pick<User, 'email' | 'attributes'>): Mail {
  const { say } = writerFor(themes, realm, user, undefined);
  const realmName = realm.displayName || realm.realm;
  const text = say('testIntro', realmName);
  return { to: user.email ?? '', subject: say('testSubject', realmName), text, html: `<html><body><p>${escaped(text)}</p></body></html>` };
}

/** The time in its largest whole unit. */
function lifespanText(say: Writer['say'], seconds: number): string {
  for (const [unit, length] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    if (seconds < length || seconds % length !== 0) continue;
    return seconds === length ? say(unit) : say(`${unit}s`, String(seconds / length));
  }
  return say('seconds', String(seconds));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
