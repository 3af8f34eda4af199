import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedForDevice, browse, type ClientKeys, clientKeys, protocolRealm, REDIRECT_URI } from './support/protocol-realm.ts';
import { startTestCluster, type TestCluster } from './support/test-cluster.ts';

const SECRET = 'a-secret-that-is-long-enough-for-every-hash-0123456789-0123456789';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const exchangeOf = (token: string) => ({ subject_token: token, subject_token_type: ACCESS_TOKEN });
const http = { [oauth.allowInsecureRequests]: true } as const;

describe('independent clients and the extensions of OAuth', () => {
  let cluster: TestCluster;
  let keys: ClientKeys;
  let issuer: URL;
  let as: oauth.AuthorizationServer;

  beforeAll(async () => {
    keys = await clientKeys();
    cluster = await startTestCluster(1, { realms: [protocolRealm(keys)] });
    issuer = new URL(`${cluster.server.bases[0]}/realms/test`);
    as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
  });
  afterAll(async () => {
    await cluster?.stop();
    await keys?.[Symbol.asyncDispose]();
  });

  const signing = () => ({ key: keys.signing, kid: 'signing' });
  function configured(clientId: string, authentication: client.ClientAuth): Promise<client.Configuration> {
    return client.discovery(issuer, clientId, undefined, authentication, { execute: [client.allowInsecureRequests] });
  }

  async function codeFlow(
    config: client.Configuration,
    to: (parameters: Record<string, string>) => Promise<URL>,
    handle?: client.DPoPHandle,
  ) {
    const verifier = client.randomPKCECodeVerifier();
    const [nonce, state] = [client.randomNonce(), client.randomState()];
    const challenge = await client.calculatePKCECodeChallenge(verifier);
    const parameters = {
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      nonce,
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    const back = await browse((await to(parameters)).href, 1);
    const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true };
    return client.authorizationCodeGrant(config, back, checks, undefined, handle === undefined ? {} : { DPoP: handle });
  }

  describe('openid-client', () => {
    it('pushes what it asks for (RFC 9126)', async () => {
      const config = await configured('pushing', client.ClientSecretPost(SECRET));
      const tokens = await codeFlow(config, (parameters) => client.buildAuthorizationUrlWithPAR(config, parameters));
      expect(tokens.claims()?.aud).toBe('pushing');
    });

    it('lets a device in (RFC 8628)', async () => {
      const config = await configured('device', client.None());
      const asked = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
      const polling = client.pollDeviceAuthorizationGrant(config, asked);
      const answer = await askedForDevice(asked.verification_uri_complete ?? '', 2);
      expect(await answer('accept')).toMatch(/\/device\/status$/);
      expect((await polling).claims()?.aud).toBe('device');
    });

    it('exchanges a token for another (RFC 8693)', async () => {
      const config = await configured('exchanging', client.ClientSecretPost(SECRET));
      const login = { username: 'user1', password: 'password1', scope: 'openid' };
      const { access_token: subject } = await client.genericGrantRequest(config, 'password', login);
      const exchanged = await client.genericGrantRequest(config, EXCHANGE, { ...exchangeOf(subject), scope: 'openid' });
      expect([exchanged['issued_token_type'], exchanged.claims()?.aud]).toEqual([ACCESS_TOKEN, 'exchanging']);
      const userinfo = await client.fetchUserInfo(config, exchanged.access_token, client.skipSubjectCheck);
      expect(userinfo['preferred_username']).toBe('user1');
      await expect(client.genericGrantRequest(config, EXCHANGE, exchangeOf('nonsense'))).rejects.toMatchObject({
        error: 'invalid_request',
      });
    });

    it('hears of a device that is refused', async () => {
      const config = await configured('device', client.None());
      const asked = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
      const answer = await askedForDevice(asked.verification_uri_complete ?? '', 2);
      await answer('cancel');
      await expect(client.pollDeviceAuthorizationGrant(config, asked)).rejects.toMatchObject({ error: 'access_denied' });
    });

    it('binds its tokens to a key, with nonces of the server (RFC 9449)', async () => {
      const config = await configured('bound', client.None());
      const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      const tokens = await codeFlow(config, async (parameters) => client.buildAuthorizationUrl(config, parameters), handle);
      expect(tokens.token_type).toBe('dpop');
      const subject = tokens.claims()?.sub ?? '';
      expect(await client.fetchUserInfo(config, tokens.access_token, subject, { DPoP: handle })).toMatchObject({ sub: subject });
      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP: handle });
      expect(refreshed.token_type).toBe('dpop');
      const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      await expect(client.refreshTokenGrant(config, refreshed.refresh_token ?? '', undefined, { DPoP: thief })).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      await expect(client.fetchUserInfo(config, refreshed.access_token, subject)).rejects.toThrow();
    });

    it('shows a bound token to the account, with a nonce of it (RFC 9449 section 9)', async () => {
      const config = await configured('bound', client.None());
      const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      const { access_token: token } = await codeFlow(
        config,
        async (parameters) => client.buildAuthorizationUrl(config, parameters),
        handle,
      );
      const sessions = new URL(`${issuer.href}/account/sessions`);
      const fresh = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
      const headers = new Headers({ accept: 'application/json' });
      const show = (with_: client.DPoPHandle) =>
        client.fetchProtectedResource(config, token, sessions, 'GET', null, headers, { DPoP: with_ });
      expect((await show(handle)).status).toBe(200);
      await expect(show(fresh)).rejects.toMatchObject({ status: 401 });
    });

    it('proves itself by a key under an address, and by its secret (RFC 7523)', async () => {
      const byKey = await configured('key', client.PrivateKeyJwt(signing()));
      expect((await client.clientCredentialsGrant(byKey, {})).access_token).toBeTruthy();
      const bySecret = await configured('secret-jwt', client.ClientSecretJwt(SECRET));
      expect((await client.clientCredentialsGrant(bySecret, {})).access_token).toBeTruthy();
      const other = await client.randomDPoPKeyPair('ES256');
      const wrong = await configured('key', client.PrivateKeyJwt({ key: other.privateKey, kid: 'signing' }));
      await expect(client.clientCredentialsGrant(wrong, {})).rejects.toMatchObject({ error: 'invalid_client' });
    });

    it('signs what it asks for, and decrypts what it gets (RFC 9101, OpenID Connect Core section 10.2)', async () => {
      const config = await configured('sealed', client.PrivateKeyJwt(signing()));
      client.enableDecryptingResponses(config, ['A256GCM'], { key: keys.decrypting, kid: 'decrypting' });
      const tokens = await codeFlow(config, (parameters) => client.buildAuthorizationUrlWithJAR(config, parameters, signing()));
      expect(tokens.claims()?.aud).toBe('sealed');
    });

    it('takes the answer as one signed document, and one that is encrypted, too (JARM)', async () => {
      const signed = await configured('secret-jwt', client.ClientSecretJwt(SECRET));
      client.useJwtResponseMode(signed);
      const tokens = await codeFlow(signed, async (parameters) => client.buildAuthorizationUrl(signed, parameters));
      expect(tokens.claims()?.aud).toBe('secret-jwt');
      const sealed = await configured('sealed', client.PrivateKeyJwt(signing()));
      client.enableDecryptingResponses(sealed, ['A256GCM'], { key: keys.decrypting, kid: 'decrypting' });
      client.useJwtResponseMode(sealed);
      const opened = await codeFlow(sealed, (parameters) => client.buildAuthorizationUrlWithJAR(sealed, parameters, signing()));
      expect(opened.claims()?.aud).toBe('sealed');
    });

    it('takes a code beside an ID token, and an ID token alone (OpenID Connect Core sections 3.2 and 3.3)', async () => {
      const hybrid = await configured('secret-jwt', client.ClientSecretJwt(SECRET));
      client.useCodeIdTokenResponseType(hybrid);
      const tokens = await codeFlow(hybrid, async (parameters) => client.buildAuthorizationUrl(hybrid, parameters));
      expect(tokens.claims()?.aud).toBe('secret-jwt');
      const implicit = await configured('secret-jwt', client.None());
      client.useIdTokenResponseType(implicit);
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(implicit, { redirect_uri: REDIRECT_URI, scope: 'openid', nonce });
      expect((await client.implicitAuthentication(implicit, await browse(url.href, 1), nonce)).aud).toBe('secret-jwt');
      const other = await browse(url.href, 1);
      await expect(client.implicitAuthentication(implicit, other, client.randomNonce())).rejects.toThrow();
    });

    it('asks for one claim in the ID token and for another in userinfo (OpenID Connect Core section 5.5)', async () => {
      const config = await configured('secret-jwt', client.ClientSecretJwt(SECRET));
      const claims = JSON.stringify({ id_token: { given_name: { essential: true } }, userinfo: { family_name: { essential: true } } });
      const tokens = await codeFlow(config, async (parameters) => client.buildAuthorizationUrl(config, { ...parameters, claims }));
      const subject = tokens.claims();
      const userinfo = await client.fetchUserInfo(config, tokens.access_token, subject?.sub ?? '');
      expect([subject?.['given_name'], subject?.['family_name']]).toEqual([expect.any(String), undefined]);
      expect([userinfo.given_name, userinfo.family_name]).toEqual([undefined, expect.any(String)]);
    });
  });

  describe('oauth4webapi', () => {
    it('pushes what it asks for, by a key of its own, bound to another (RFC 9126, RFC 7523, RFC 9449)', async () => {
      const me: oauth.Client = { client_id: 'key' };
      const authentication = oauth.PrivateKeyJwt(signing());
      const DPoP = oauth.DPoP(me, await oauth.generateKeyPair('ES256'));
      const verifier = oauth.generateRandomCodeVerifier();
      const code_challenge = await oauth.calculatePKCECodeChallenge(verifier);
      const wish = { redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid', code_challenge, code_challenge_method: 'S256' };
      const answer = await oauth.pushedAuthorizationRequest(as, me, authentication, wish, { DPoP, ...http });
      const { request_uri } = await oauth.processPushedAuthorizationResponse(as, me, answer);
      const url = `${as.authorization_endpoint}?${new URLSearchParams({ client_id: 'key', request_uri })}`;
      const back = oauth.validateAuthResponse(as, me, await browse(url, 3), oauth.expectNoState);
      const response = await oauth.authorizationCodeGrantRequest(as, me, authentication, back, REDIRECT_URI, verifier, { DPoP, ...http });
      const tokens = await oauth.processAuthorizationCodeResponse(as, me, response);
      expect(tokens.token_type).toBe('dpop');
    });

    it('exchanges a token for another (RFC 8693)', async () => {
      const me: oauth.Client = { client_id: 'exchanging' };
      const by = oauth.ClientSecretBasic(SECRET);
      const ask = async (grant: string, parameters: Record<string, string>) =>
        oauth.processGenericTokenEndpointResponse(as, me, await oauth.genericTokenEndpointRequest(as, me, by, grant, parameters, http));
      const subject = await ask('password', { username: 'user2', password: 'password2', scope: 'openid' });
      const exchanged = await ask(EXCHANGE, exchangeOf(subject.access_token));
      expect([exchanged.token_type, exchanged['issued_token_type']]).toEqual(['bearer', ACCESS_TOKEN]);
      await expect(ask(EXCHANGE, { ...exchangeOf(subject.access_token), audience: 'nobody' })).rejects.toMatchObject({
        error: 'invalid_client',
      });
    });

    it('shows a bound token to Admin REST with its proof, and only so (RFC 9449 section 7)', async () => {
      const me: oauth.Client = { client_id: 'admin-cli' };
      const DPoP = oauth.DPoP(me, await oauth.generateKeyPair('ES256'));
      const master = new URL(`${cluster.server.bases[0]}/realms/master`);
      const server = await oauth.processDiscoveryResponse(master, await oauth.discoveryRequest(master, http));
      const login = { username: 'admin', password: 'admin' };
      const answer = await oauth.genericTokenEndpointRequest(server, me, oauth.None(), 'password', login, { DPoP, ...http });
      const { access_token: token } = await oauth.processGenericTokenEndpointResponse(server, me, answer);
      const realms = new URL(`${cluster.server.bases[0]}/admin/realms`);
      const proven = await oauth.protectedResourceRequest(token, 'GET', realms, undefined, undefined, { DPoP, ...http });
      expect([proven.status, ((await proven.json()) as unknown[]).length]).toEqual([200, 2]);
      expect((await fetch(realms, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
      expect((await fetch(realms, { headers: { authorization: `DPoP ${token}` } })).status).toBe(401);
    });

    it('lets a device in (RFC 8628)', async () => {
      const me: oauth.Client = { client_id: 'device' };
      const asked = await oauth.processDeviceAuthorizationResponse(
        as,
        me,
        await oauth.deviceAuthorizationRequest(as, me, oauth.None(), { scope: 'openid' }, http),
      );
      const answer = await askedForDevice(asked.verification_uri_complete ?? '', 4);
      await answer('accept');
      const response = await oauth.deviceCodeGrantRequest(as, me, oauth.None(), asked.device_code, http);
      expect((await oauth.processDeviceCodeResponse(as, me, response)).access_token).toBeTruthy();
    });

    it('checks a code by the ID token beside it (OpenID Connect Core section 3.3.2.11)', async () => {
      const me: oauth.Client = { client_id: 'secret-jwt' };
      const wish = {
        client_id: 'secret-jwt',
        redirect_uri: REDIRECT_URI,
        response_type: 'code id_token',
        scope: 'openid',
        nonce: 'n',
        state: 'st',
      };
      const back = await browse(`${as.authorization_endpoint}?${new URLSearchParams(wish)}`, 7);
      const parameters = new URLSearchParams(back.hash.slice(1));
      const checked = await oauth.validateCodeIdTokenResponse(as, me, new URLSearchParams(parameters), 'n', 'st', undefined, http);
      expect(checked.get('code')).toBeTruthy();
      const code = (parameters.get('code') ?? '').replace(/^./, (first) => (first === 'a' ? 'b' : 'a'));
      parameters.set('code', code);
      await expect(oauth.validateCodeIdTokenResponse(as, me, parameters, 'n', 'st', undefined, http)).rejects.toThrow();
    });

    it('takes the answer as one signed document, errors included (JARM)', async () => {
      const me: oauth.Client = { client_id: 'key' };
      const wish = { client_id: 'key', redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid', state: 'st' };
      const url = (more: Record<string, string>) => `${as.authorization_endpoint}?${new URLSearchParams({ ...wish, ...more })}`;
      const back = await browse(url({ response_mode: 'jwt' }), 6);
      expect([...back.searchParams.keys()]).toEqual(['response']);
      expect((await oauth.validateJwtAuthResponse(as, me, back, 'st', http)).get('code')).toBeTruthy();
      const silent = await fetch(url({ response_mode: 'query.jwt', prompt: 'none' }), { redirect: 'manual' });
      const refused = new URL(silent.headers.get('location') ?? '');
      await expect(oauth.validateJwtAuthResponse(as, me, refused, 'st', http)).rejects.toMatchObject({ error: 'login_required' });
    });

    it('signs what it asks for (RFC 9101)', async () => {
      const me: oauth.Client = { client_id: 'sealed' };
      const wish = { redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid' };
      const request = await oauth.issueRequestObject(as, me, wish, signing());
      const url = `${as.authorization_endpoint}?${new URLSearchParams({ client_id: 'sealed', request })}`;
      expect(oauth.validateAuthResponse(as, me, await browse(url, 5), oauth.expectNoState).get('code')).toBeTruthy();
    });
  });
});
