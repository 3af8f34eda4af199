import { writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { CommandBench, type CommandRun } from '../support/command-line.ts';
import { makeCertificate } from '../support/make-certificate.ts';
import { testDatabaseUrl } from '../support/test-cluster.ts';

const bench = new CommandBench();
const cwd = bench.folder();
let database: FreshDatabase;
let http = 0;
let https = 0;

beforeAll(async () => {
  database = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
  [http = 0, https = 0] = await freePorts(2);
});
afterEach(() => bench.stopAll());
afterAll(async () => {
  await bench.clear();
  await database.drop();
});

const start = (...argv: string[]): Promise<CommandRun> =>
  bench
    .begin(['start', ...argv], {
      cwd,
      env: {
        KC_DB_URL: database.url,
        KC_CACHE: 'local',
        KC_SHUTDOWN_DELAY: '0',
        KC_HTTP_ENABLED: 'true',
        KC_HTTP_HOST: '127.0.0.1',
        KC_HTTP_PORT: `${http}`,
        KC_HTTPS_PORT: `${https}`,
      },
    })
    .started();

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks with any header, Host included, which fetch would not send. */
function ask(path: string, headers: Record<string, string> = {}, tls?: RequestOptions): Promise<Answer> {
  const target = { host: '127.0.0.1', path, headers, agent: false as const };
  return new Promise((resolve, reject) => {
    const asked = tls === undefined ? httpRequest({ ...target, port: http }) : httpsRequest({ ...target, ...tls, port: https });
    asked.once('error', reject);
    asked.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.end();
  });
}

const discovery = '/realms/master/.well-known/openid-configuration';
const issuer = async (headers: Record<string, string> = {}, path = discovery, tls?: RequestOptions): Promise<string> =>
  (JSON.parse((await ask(path, headers, tls)).text) as { issuer: string }).issuer;
const forged = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  forwarded: 'host=evil.example;proto=https',
};

describe('the address under which people see the server', () => {
  it('is the URL of the hostname option whatever a request says, and everything stands under the relative path', async () => {
    await start('--hostname=https://id.example.org/auth', '--http-relative-path=/auth', '--proxy-headers=xforwarded');
    const base = 'https://id.example.org/auth/realms/master';
    expect(await issuer(forged, `/auth${discovery}`)).toBe(base);
    const document = JSON.parse((await ask(`/auth${discovery}`)).text) as Record<string, unknown>;
    for (const [name, value] of Object.entries(document)) {
      if (typeof value === 'string' && /_endpoint$|_uri$|_iframe$/.test(name)) expect(value, name).toMatch(new RegExp(`^${base}/`));
    }
    const query = new URLSearchParams({
      client_id: 'security-admin-console',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://id.example.org/auth/admin/master/console/',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    });
    const page = await ask(`/auth/realms/master/protocol/openid-connect/auth?${query}`);
    expect(page.status).toBe(200);
    expect(/<form[^>]*\saction="([^"]+)"/.exec(page.text)?.[1]).toMatch(
      /^https:\/\/id\.example\.org\/auth\/realms\/master\/login-actions\/authenticate\?/,
    );
    for (const [, link] of page.text.matchAll(/(?:href|src)="([^"]+)"/g)) expect(link).toMatch(/^(?:https:\/\/id\.example\.org)?\/auth\//);
    for (const cookie of page.headers['set-cookie'] ?? []) expect(cookie).toMatch(/; ?Path=\/auth\/realms\/master\//i);
    expect((await ask(discovery)).status).toBe(404);
  });

  it('is host name of the option with scheme and port of the request, where the option is a host alone', async () => {
    await start('--hostname=id.example.org');
    expect(await issuer({ host: `other.example:${http}` })).toBe(`http://id.example.org:${http}/realms/master`);
    expect(await issuer(forged)).not.toContain('evil');
  });

  it('follows X-Forwarded headers of a trusted proxy', async () => {
    await start('--hostname-strict=false', '--proxy-headers=xforwarded', '--proxy-trusted-addresses=127.0.0.0/8');
    const headers = { 'x-forwarded-host': 'login.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '8443' };
    expect(await issuer(headers)).toBe('https://login.example:8443/realms/master');
    expect(await issuer({ ...headers, 'x-forwarded-port': '443' })).toBe('https://login.example/realms/master');
    expect(await issuer({ forwarded: 'host=evil.example;proto=https' })).not.toContain('evil');
    expect((await ask(discovery, { 'x-forwarded-host': 'evil.example/path"><script>' })).text).not.toContain('script');
  });

  it('follows the Forwarded header of a trusted proxy, and nothing of anybody else', async () => {
    const trusting = await start('--hostname-strict=false', '--proxy-headers=forwarded', '--proxy-trusted-addresses=127.0.0.1');
    expect(await issuer({ forwarded: 'for=192.0.2.1;host="login.example";proto=https' })).toBe('https://login.example/realms/master');
    expect(await issuer({ 'x-forwarded-host': 'evil.example' })).not.toContain('evil');
    await trusting.stop();
    await start('--hostname-strict=false', '--proxy-headers=forwarded', '--proxy-trusted-addresses=192.0.2.0/24,2001:db8::/32');
    expect(await issuer({ ...forged, host: `127.0.0.1:${http}` })).toBe(`http://127.0.0.1:${http}/realms/master`);
  });
});

describe('https', () => {
  it('is served with the certificate of the options, and asks clients for theirs', async () => {
    const own = await makeCertificate('id.example.org');
    const client = await makeCertificate('client');
    const path = (name: string, text: string): string => {
      writeFileSync(join(cwd, name), text);
      return join(cwd, name);
    };
    const run = await start(
      '--http-enabled=false',
      '--hostname=id.example.org',
      `--https-certificate-file=${path('server.pem', own.certificate)}`,
      `--https-certificate-key-file=${path('server.key', own.key)}`,
      `--https-trust-store-file=${path('clients.pem', client.certificate)}`,
      '--https-client-auth=required',
      '--https-protocols=TLSv1.3',
    );
    expect(run.out).toContain(`Listening on: https://127.0.0.1:${https}.`);
    const trust = { ca: own.certificate, servername: 'id.example.org' };
    const known = { ...trust, cert: client.certificate, key: client.key };
    expect(await issuer({ host: `id.example.org:${https}` }, discovery, known)).toBe(`https://id.example.org:${https}/realms/master`);
    await expect(ask(discovery, {}, trust)).rejects.toThrow(/certificate required|ECONNRESET|alert/i);
    await expect(ask(discovery, {}, { ...known, cert: own.certificate, key: own.key })).rejects.toThrow();
    await expect(ask(discovery, {}, { ...known, maxVersion: 'TLSv1.2' })).rejects.toThrow();
    await expect(ask(discovery)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('is refused where the certificate cannot be used', async () => {
    writeFileSync(join(cwd, 'broken.pem'), 'no certificate');
    const begin = (certificate: string) =>
      bench.run(['start', '--hostname=id', `--https-certificate-file=${certificate}`, `--https-certificate-key-file=${certificate}`], {
        cwd,
        env: { KC_DB_URL: database.url, KC_CACHE: 'local', KC_HTTP_HOST: '127.0.0.1', KC_HTTPS_PORT: `${https}` },
      });
    const [missing, broken] = await Promise.all([begin(join(cwd, 'none.pem')), begin(join(cwd, 'broken.pem'))]);
    expect(missing).toMatchObject({ code: expect.any(Number), err: expect.stringContaining('none.pem of option') });
    expect(missing.code).not.toBe(0);
    expect(broken.err).toContain("'https-certificate-file'");
    expect(broken.code).not.toBe(0);
  });
});
