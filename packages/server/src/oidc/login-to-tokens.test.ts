import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { mapperFixture } from '../testing/fixtures.ts';
import { type LoginServer, loginServer, REDIRECT } from '../testing/login-server.ts';
import { redirectOf, type TestBrowser } from '../testing/test-browser.ts';

const TOKEN = '/realms/test/protocol/openid-connect/token';

const authTime = mapperFixture('oidc-usersessionmodel-note-mapper', {
  'user.session.note': 'AUTH_TIME',
  'claim.name': 'auth_time',
  'jsonType.label': 'long',
});

async function exchange(server: LoginServer, url: URL, more: Readonly<Record<string, string>> = {}) {
  const form = { grant_type: 'authorization_code', client_id: 'app', code: url.searchParams.get('code') ?? '', redirect_uri: REDIRECT };
  const answer = await server.browser().post(TOKEN, { ...form, ...more });
  return { status: answer.statusCode, body: answer.json() as Record<string, string> };
}

const refresh = (browser: TestBrowser, token: string | undefined) =>
  browser.post(TOKEN, { grant_type: 'refresh_token', client_id: 'app', refresh_token: token ?? '' });

const claimsOf = (token: string | undefined) =>
  JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

it('a code from the login page becomes tokens of its session, with nonce and PKCE', async () => {
  const server = await loginServer({ client: { protocolMappers: [authTime] } });
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const url = redirectOf(await server.login(server.browser(), { nonce: 'n1', code_challenge: challenge, code_challenge_method: 'S256' }));
  const { status, body } = await exchange(server, url, { code_verifier: verifier });
  expect(status).toBe(200);
  expect(claimsOf(body['id_token'])).toMatchObject({ nonce: 'n1', sid: url.searchParams.get('session_state'), auth_time: 1_800_000_000 });
  expect((await refresh(server.browser(), body['refresh_token'])).statusCode).toBe(200);
});

it('a code needs its verifier, its redirect URI, and works once', async () => {
  const server = await loginServer();
  const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  expect((await exchange(server, redirectOf(await server.login(server.browser(), pkce)))).status).toBe(400);
  const plain = redirectOf(await server.login(server.browser()));
  expect((await exchange(server, plain, { redirect_uri: 'https://app.example/other' })).status).toBe(400);
  const good = redirectOf(await server.login(server.browser()));
  expect((await exchange(server, good)).status).toBe(200);
  expect((await exchange(server, good)).body).toMatchObject({ error: 'invalid_grant', error_description: 'Code not valid' });
});

it('single sign-on leaves the refresh token of the first login good', async () => {
  const server = await loginServer({ client: { protocolMappers: [authTime] } });
  const browser = server.browser();
  const first = await exchange(server, redirectOf(await server.login(browser)));
  server.context.clock.advanceSeconds(10);
  const second = await exchange(server, redirectOf(await browser.get(server.authUrl())));
  expect(second.status).toBe(200);
  expect(claimsOf(second.body['id_token'])['auth_time']).toBe(1_800_000_000);
  expect((await refresh(server.browser(), first.body['refresh_token'])).statusCode).toBe(200);
});

it('a plain OAuth request without a redirect_uri is exchanged without one, where the client has only one', async () => {
  const server = await loginServer({ client: { redirectUris: [REDIRECT] } });
  const url = redirectOf(await server.login(server.browser(), { redirect_uri: undefined, scope: undefined }));
  const form = { grant_type: 'authorization_code', client_id: 'app', code: url.searchParams.get('code') ?? '' };
  expect((await server.browser().post(TOKEN, form)).statusCode).toBe(200);
});
