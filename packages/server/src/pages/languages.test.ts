import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withLocalizationTexts } from '../realm/localization.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { loginServer } from '../testing/login-server.ts';
import { type Mailbox, openMailbox } from '../testing/mailbox.ts';
import { redirectOf, setCookies } from '../testing/test-browser.ts';

const languages = { internationalizationEnabled: true, supportedLocales: ['en', 'de'], defaultLocale: 'en' };
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await openMailbox();
});
afterAll(() => mailbox?.[Symbol.asyncDispose]());

const link = (body: string, locale: string) =>
  new RegExp(`href="([^"]*kc_locale=${locale})"`).exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';

describe('the language of the pages', () => {
  it('is offered on the page, stays for the login, and is kept in KEYCLOAK_LOCALE and at the user', async () => {
    const server = await loginServer({ realm: languages, user: { requiredActions: ['UPDATE_PASSWORD'] } });
    const browser = server.browser();
    const english = await browser.get(server.authUrl());
    expect(english.body).toContain('<html lang="en">');
    const german = await browser.get(link(english.body, 'de'));
    expect(german.headers['content-language']).toBe('de');
    expect(setCookies(german).find((line) => line.startsWith('KEYCLOAK_LOCALE'))).toMatch(
      /^KEYCLOAK_LOCALE=de;Version=1;Path=\/realms\/test\/;HttpOnly;SameSite=Lax$/,
    );
    expect(german.body).toContain('>Anmelden</button>');
    const wrong = await browser.submit(german, { username: 'alice', password: 'wrong' });
    expect(wrong.body).toContain('Ungültiger Benutzername oder ungültiges Passwort.');
    const action = await browser.get(redirectOf(await browser.submit(wrong, { username: 'alice', password: 'secret' })).href);
    expect(action.body).toContain('Neues Passwort');
    const back = await browser.get(link(action.body, 'en'));
    expect(back.body).toContain('New Password');
    expect(server.context.state.data.users[0]?.attributes['locale']).toEqual(['en']);
  });

  it('is kept at the user who logs in, when it was chosen before anybody was known', async () => {
    const server = await loginServer({ realm: languages });
    const browser = server.browser();
    const german = await browser.get(link((await browser.get(server.authUrl())).body, 'de'));
    await browser.submit(german, { username: 'alice', password: 'secret' });
    expect(server.context.state.data.users[0]?.attributes['locale']).toEqual(['de']);
  });

  it('is the one that the application asks for before that of the browser', async () => {
    const server = await loginServer({ realm: languages });
    const asked = await server.browser().get(server.authUrl({ ui_locales: 'fr de' }));
    expect(asked.body).toContain('Bei Ihrem Konto anmelden');
    const wrong = await server.browser().submit(asked, { username: 'x', password: 'y' });
    expect(wrong.statusCode).toBe(400);
    const headers = { 'accept-language': 'de-CH,en;q=0.5', host: 'login.test' };
    const accepted = await server.app.inject({ url: server.authUrl(), headers });
    expect(accepted.headers['content-language']).toBe('de');
  });

  it('is English and offers nothing where the realm speaks no other', async () => {
    const server = await loginServer();
    const page = await server.browser().get(server.authUrl({ ui_locales: 'de' }));
    expect([page.headers['content-language'], page.body.includes('kc_locale')]).toEqual(['en', false]);
  });

  it('lets the texts of the realm stand above those of the theme', async () => {
    const realm = withLocalizationTexts(realmFixture(languages), { de: { doLogIn: 'Rein', loginTitle: 'In {0} hinein' } });
    const server = await loginServer({ realm });
    const page = await server.browser().get(server.authUrl({ ui_locales: 'de' }));
    expect(page.body).toContain('>Rein</button>');
    expect(page.body).toContain('<title>In test hinein</title>');
  });
});

it('mails are in the language of their reader', async () => {
  const realm = { ...languages, resetPasswordAllowed: true, smtpServer: mailbox.settings };
  const server = await loginServer({ realm, user: { attributes: { locale: ['de'] } } });
  const browser = server.browser();
  const page = await browser.get(server.authUrl());
  const url = /href="([^"]*reset-credentials[^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  await browser.submit(await browser.get(url), { username: 'alice' });
  const { raw, text } = await mailbox.next();
  expect(raw).toMatch(/^Content-Type: multipart\/alternative/m);
  expect(raw).toMatch(/^Subject: =\?UTF-8\?Q\?Passwort_zur=C3=BCcksetzen\?=\r$|^Subject: Passwort /m);
  expect(text).toContain('Der Link funktioniert einmal, und zwar ab jetzt 5 Minuten lang.');
  expect(text).toContain('<html lang="de">');
});
