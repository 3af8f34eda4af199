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

  it('are those of the realm alone in another language, so that the console falls back to English', async () => {
    expect(await texts('/resources/test/account/de')).toEqual({ own: 'Unser' });
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
