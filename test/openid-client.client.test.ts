import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieJar, call } from '../bench/drivers/http.ts';
import { formAction } from '../bench/drivers/login-walk.ts';
import { startTarget, type Target } from './support/target.ts';

const REDIRECT_URI = 'http://localhost/callback';

describe('openid-client against the server', () => {
  let target: Target;
  let config: client.Configuration;

  beforeAll(async () => {
    target = await startTarget(1);
    config = await client.discovery(new URL(`${target.base}/realms/test`), 'app', 'app-secret', undefined, {
      execute: [client.allowInsecureRequests],
    });
  });
  afterAll(() => target?.stop());

  /** What a browser does between the authorization request and the callback. */
  async function browse(url: URL, username: string, jar = new CookieJar()): Promise<URL> {
    const page = await call(url.href, { jar });
    if (page.status === 302 || page.status === 303) return new URL(page.headers.location ?? '');
    const posted = await call(formAction(page.text) ?? '', { jar, form: { username, password: username.replace('user', 'password') } });
    return new URL(posted.headers.location ?? '');
  }

  async function login(
    username: string,
    scope: string,
    jar?: CookieJar,
  ): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers> {
    const verifier = client.randomPKCECodeVerifier();
    const nonce = client.randomNonce();
    const state = client.randomState();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope,
      nonce,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return client.authorizationCodeGrant(config, await browse(url, username, jar), {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
      idTokenExpected: true,
    });
  }

  it('logs in with code and PKCE and reads userinfo', async () => {
    const tokens = await login('user0', 'openid profile email');
    const claims = tokens.claims();
    expect(claims).toMatchObject({ preferred_username: 'user0', email: 'user0@example.org' });
    expect(await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')).toMatchObject({ email: 'user0@example.org' });
  });

  it('refreshes, introspects and revokes', async () => {
    const tokens = await login('user1', 'openid');
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true, username: 'user1' });
    await client.tokenRevocation(config, refreshed.refresh_token ?? '');
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toEqual({ active: false });
    await expect(client.refreshTokenGrant(config, refreshed.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('gets a token for itself with client credentials', async () => {
    const tokens = await client.clientCredentialsGrant(config, {});
    expect(tokens.token_type.toLowerCase()).toBe('bearer');
    expect(tokens.refresh_token).toBeUndefined();
  });

  it('logs out through the end session endpoint, and the session is gone', async () => {
    const jar = new CookieJar();
    const tokens = await login('user2', 'openid', jar);
    const url = client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: REDIRECT_URI,
      id_token_hint: tokens.id_token ?? '',
      state: 'bye',
    });
    const answer = await call(url.href, { jar });
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe(`${REDIRECT_URI}?state=bye`);
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('keeps an offline token usable after logout', async () => {
    const jar = new CookieJar();
    const tokens = await login('user3', 'openid offline_access', jar);
    await call(client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: REDIRECT_URI }).href, {
      jar,
    });
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.scope).toContain('offline_access');
  });
});
