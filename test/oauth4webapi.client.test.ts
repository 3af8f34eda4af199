import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieJar, call } from '../bench/drivers/http.ts';
import { formAction } from '../bench/drivers/login-walk.ts';
import { startTarget, type Target } from './support/target.ts';

const REDIRECT_URI = 'http://localhost/callback';
const http = { [oauth.allowInsecureRequests]: true } as const;

describe('every token and document passes the validation of oauth4webapi', () => {
  let target: Target;
  let as: oauth.AuthorizationServer;
  const app: oauth.Client = { client_id: 'app' };
  const secret = oauth.ClientSecretBasic('app-secret');

  beforeAll(async () => {
    target = await startTarget(1);
    const issuer = new URL(`${target.base}/realms/test`);
    as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
  });
  afterAll(() => target?.stop());

  it('announces the endpoints that this test uses', () => {
    expect(as).toMatchObject({ issuer: `${target.base}/realms/test` });
    for (const endpoint of [
      'authorization_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
      'introspection_endpoint',
      'revocation_endpoint',
      'end_session_endpoint',
      'jwks_uri',
    ] as const) {
      expect(as[endpoint], endpoint).toMatch(/^http/);
    }
  });

  it('issues tokens that validate from code to refresh, signatures included', async () => {
    const jar = new CookieJar();
    const verifier = oauth.generateRandomCodeVerifier();
    const nonce = oauth.generateRandomNonce();
    const state = oauth.generateRandomState();
    const url = new URL(as.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      client_id: 'app',
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid email',
      nonce,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    const page = await call(url.href, { jar });
    const posted = await call(formAction(page.text) ?? '', { jar, form: { username: 'user4', password: 'password4' } });
    const parameters = oauth.validateAuthResponse(as, app, new URL(posted.headers.location ?? ''), state);

    const response = await oauth.authorizationCodeGrantRequest(as, app, secret, parameters, REDIRECT_URI, verifier, http);
    const tokens = await oauth.processAuthorizationCodeResponse(as, app, response, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, http);
    const claims = oauth.getValidatedIdTokenClaims(tokens);

    const userinfo = await oauth.processUserInfoResponse(
      as,
      app,
      claims?.sub ?? '',
      await oauth.userInfoRequest(as, app, tokens.access_token, http),
    );
    expect(userinfo.email).toBe('user4@example.org');

    const refreshed = await oauth.processRefreshTokenResponse(
      as,
      app,
      await oauth.refreshTokenGrantRequest(as, app, secret, tokens.refresh_token ?? '', http),
    );
    expect(refreshed.access_token).not.toBe(tokens.access_token);
    const introspection = await oauth.processIntrospectionResponse(
      as,
      app,
      await oauth.introspectionRequest(as, app, secret, refreshed.access_token, http),
    );
    expect(introspection.active).toBe(true);
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, app, secret, refreshed.refresh_token ?? '', http));
  });

  it('answers client credentials as RFC 6749 says', async () => {
    const tokens = await oauth.processClientCredentialsResponse(
      as,
      app,
      await oauth.clientCredentialsGrantRequest(as, app, secret, {}, http),
    );
    expect(tokens.expires_in).toBeGreaterThan(0);
  });

  it('refuses a code without its verifier with a well-formed error', async () => {
    const response = await oauth.clientCredentialsGrantRequest(as, app, oauth.ClientSecretBasic('wrong'), {}, http);
    await expect(oauth.processClientCredentialsResponse(as, app, response)).rejects.toMatchObject({
      error: 'unauthorized_client',
      status: 401,
    });
  });
});
