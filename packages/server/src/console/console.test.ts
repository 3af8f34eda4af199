import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { withLocalizationTexts } from '../realm/localization.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { testApp, testContext } from '../testing/server-context.ts';
import { registerConsoles } from './index.ts';

let app: FastifyInstance;

beforeAll(async () => {
  const context = testContext();
  context.state.data.realms.push(
    withLocalizationTexts(realmFixture({ realm: 'test' }), { en: { realm: 'Estate', own: 'Ours' }, de: { own: 'Unser' } }),
    realmFixture({ id: 'languages', realm: 'languages', internationalizationEnabled: true, supportedLocales: ['en', 'de'] }),
  );
  app = await testApp((instance) => registerConsoles(instance, context));
});

async function scriptOf(path: string, accept = 'text/html'): Promise<string> {
  const page = await app.inject({ url: path, headers: { accept } });
  return /src="([^"]+\.js)"/.exec(page.body)?.[1] ?? '';
}

describe.each(['/admin/test/console/', '/realms/test/account/applications'])('the page at %s', (path) => {
  it('runs scripts of files of this server only', async () => {
    const page = await app.inject({ url: path, headers: { accept: 'text/html', host: 'login.test' } });
    expect(page.statusCode).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; ");
    expect(policy).toContain("connect-src 'self' http://login.test;");
    expect(page.headers['cache-control']).toBe('no-cache');
    expect(page.body).toContain('"realm":"test"');
  });

  it('names files that may be kept for ever, and come compressed', async () => {
    const script = await scriptOf(path);
    const plain = await app.inject({ url: script });
    expect(plain.headers).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'Accept-Encoding' });
    const brotli = await app.inject({ url: script, headers: { 'accept-encoding': 'gzip, br' } });
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(brotli.rawPayload).equals(plain.rawPayload)).toBe(true);
    const gzip = await app.inject({ url: script, headers: { 'accept-encoding': 'br;q=0, gzip' } });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.rawPayload).equals(plain.rawPayload)).toBe(true);
  });
});

describe('the page of the account console', () => {
  const pageOf = async (realm: string, headers: Readonly<Record<string, string>>): Promise<string> =>
    (await app.inject({ url: `/realms/${realm}/account/`, headers: { accept: 'text/html', ...headers } })).body;
  const german = /<html lang="de">[\s\S]*<title>Ihr Konto<[\s\S]*Wird geladen[\s\S]*"locale":"de"/;

  it('is in the language that the browser wants, or the one that was chosen on a page of the login', async () => {
    expect(await pageOf('languages', { 'accept-language': 'de-CH, en;q=0.5' })).toMatch(german);
    expect(await pageOf('languages', { 'accept-language': 'en', cookie: 'KEYCLOAK_LOCALE=de' })).toMatch(german);
    expect(await pageOf('languages', { 'accept-language': 'fr' })).toMatch(/<html lang="en">[\s\S]*"locale":"en"/);
  });

  it('is English where the realm is not in several languages', async () => {
    expect(await pageOf('test', { 'accept-language': 'de' })).toMatch(/<html lang="en">[\s\S]*<title>Your account</);
  });
});

describe('files of the consoles', () => {
  it('are pinned only under their own tag where their name tells nothing of their content', async () => {
    const script = await scriptOf('/admin/test/console/');
    const logo = script.replace(/assets\/.*/, 'logo.svg');
    expect((await app.inject({ url: logo })).headers['cache-control']).toContain('immutable');
    const foreign = await app.inject({ url: logo.replace(/\/resources\/[^/]+/, '/resources/other') });
    expect(foreign.headers['cache-control']).toBe('public, max-age=60');
  });

  it('are those that were built, whatever the address says', async () => {
    for (const name of ['../package.json', '..%2f..%2fpackage.json', 'assets/none.js', 'manifest.json/..', 'built-from']) {
      expect((await app.inject({ url: `/resources/x/admin/keygrid/${name}` })).statusCode, name).toBe(404);
    }
  });

  it('come with the licences of what is in them', async () => {
    expect((await app.inject({ url: '/resources/third-party.txt' })).body).toContain('@keycloak/keycloak-admin-ui 26.7.4, Apache-2.0');
  });
});

describe('texts', () => {
  const texts = async (path: string): Promise<Record<string, string>> => {
    const answer = await app.inject({ url: path });
    expect(answer.statusCode).toBe(200);
    return Object.fromEntries((answer.json() as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
  };

  it('are English with those of the realm above them', async () => {
    expect(await texts('/resources/test/admin/en')).toMatchObject({ realm: 'Estate', own: 'Ours', clientScopes: 'Client scopes' });
  });

  it.each(['de', 'de-AT'])('are German for %s, with those of the realm above them and English below', async (locale) => {
    expect(await texts(`/resources/test/account/${locale}`)).toMatchObject({ own: 'Unser', personalInfo: 'Persönliche Daten' });
    expect(await texts(`/resources/test/admin/${locale}`)).toMatchObject({ clientScopes: 'Client-Scopes', realm: 'Estate' });
  });

  it('are English in a language that nobody has written, as far as the realm has no own ones', async () => {
    expect(await texts('/resources/test/admin/fr')).toMatchObject({ own: 'Ours', clientScopes: 'Client scopes' });
  });

  it('are there for realms and languages only', async () => {
    expect((await app.inject({ url: '/resources/none/admin/en' })).statusCode).toBe(404);
    expect((await app.inject({ url: '/resources/test/admin/..%2fen' })).statusCode).toBe(404);
  });
});

it('leads from the bare address to the console of master', async () => {
  expect((await app.inject({ url: '/admin', headers: { host: 'login.test' } })).headers.location).toBe(
    'http://login.test/admin/master/console/',
  );
});
