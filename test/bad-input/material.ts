import { randomBytes } from 'node:crypto';
import { admin, adminToken } from '../../bench/drivers/admin.ts';
import { CookieJar, call } from '../../bench/drivers/http.ts';
import { formAction, LoginWalk } from '../../bench/drivers/login-walk.ts';
import { benchRealm } from '../../bench/servers/server.ts';
import { until, walker } from '../support/test-cluster.ts';
import type { Material } from './case.ts';

interface NamedObject {
  readonly id: string;
}

async function firstOf(base: string, token: string, path: string): Promise<string> {
  const [found] = (await admin(base, token, 'GET', path)) as NamedObject[];
  if (found === undefined) throw new Error(`nothing at ${path}`);
  return found.id;
}

/** Logs people in and out until every kind of good and bad object is at hand. */
export async function prepareMaterial(base: string): Promise<Material> {
  const token = await adminToken(base);
  await admin(base, token, 'DELETE', '/realms/foreign', undefined, [404]);
  await admin(base, token, 'POST', '/realms', benchRealm('foreign', 2));
  await admin(base, token, 'POST', '/realms/test/clients', {
    clientId: 'short',
    secret: 'app-secret',
    directAccessGrantsEnabled: true,
    redirectUris: ['http://localhost/callback'],
    attributes: { 'access.token.lifespan': '1' },
  });
  await admin(base, token, 'POST', '/realms/test/clients', {
    clientId: 'disabled',
    secret: 'app-secret',
    enabled: false,
    redirectUris: ['http://localhost/callback'],
  });
  await admin(base, token, 'POST', '/realms/test/clients', {
    clientId: 'spa',
    publicClient: true,
    redirectUris: ['http://localhost/spa/*'],
    attributes: { 'pkce.code.challenge.method': 'S256' },
  });

  const login = new LoginWalk(walker(2));
  const tokens = await login.login(base);
  const expired = await new LoginWalk({ ...walker(2), clientId: 'short' }).passwordGrant(base);
  await until(
    'the short token has expired',
    async () =>
      (await call(`${base}/realms/test/protocol/openid-connect/userinfo`, { headers: { authorization: `Bearer ${expired.access_token}` } }))
        .status === 401,
  );

  const foreign = new LoginWalk({ ...walker(0), realm: 'foreign' });
  const foreignTokens = await foreign.passwordGrant(base);
  await foreign.page(base);
  await foreign.password(base);

  const used = new LoginWalk(walker(3));
  await used.login(base);
  const out = new LoginWalk(walker(4));
  const outTokens = await out.login(base);
  await out.logout(base, outTokens.refresh_token);

  return {
    base,
    adminToken: await adminToken(base),
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    idToken: tokens.id_token ?? '',
    expiredAccessToken: expired.access_token,
    foreignAccessToken: foreignTokens.access_token,
    foreignRefreshToken: foreignTokens.refresh_token,
    foreignCode: foreign.code,
    usedCode: used.code,
    loggedOutRefreshToken: outTokens.refresh_token,
    loggedOutAccessToken: outTokens.access_token,
    userId: await firstOf(base, token, '/realms/test/users?username=user7&exact=true'),
    clientUuid: await firstOf(base, token, '/realms/test/clients?clientId=app'),
    freshCode: async () => {
      // The verifier stays inside the walk, so the request is made here.
      const verifier = randomBytes(32).toString('base64url');
      const jar = new CookieJar();
      const query = new URLSearchParams({
        client_id: 'app',
        redirect_uri: 'http://localhost/callback',
        response_type: 'code',
        scope: 'openid',
        code_challenge: verifier,
        code_challenge_method: 'plain',
      });
      const page = await call(`${base}/realms/test/protocol/openid-connect/auth?${query}`, { jar });
      const posted = await call(formAction(page.text) ?? '', { jar, form: { username: 'user5', password: 'password5' } });
      return { code: new URL(posted.headers.location ?? '').searchParams.get('code') ?? '', verifier };
    },
    freshForm: async () => {
      const jar = new CookieJar();
      const query = new URLSearchParams({
        client_id: 'app',
        redirect_uri: 'http://localhost/callback',
        response_type: 'code',
        scope: 'openid',
      });
      const page = await call(`${base}/realms/test/protocol/openid-connect/auth?${query}`, { jar });
      return { action: (formAction(page.text) ?? '').replace(/^https?:\/\/[^/]+/, ''), cookie: jar.header };
    },
  };
}

/** The token with one character of the chosen part changed, still base64url. */
export function tampered(token: string, part: 0 | 1 | 2): string {
  const parts = token.split('.');
  const text = parts[part] ?? '';
  const at = Math.floor(text.length / 2);
  parts[part] = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  return parts.join('.');
}

/** The same claims under `alg: none`, without a signature. */
export function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
  return `${header}.${token.split('.')[1]}.`;
}
