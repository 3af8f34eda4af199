import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type JWK } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../bench/drivers/http.ts';
import { benchRealm } from '../bench/servers/server.ts';
import { type Admin, administer, patientOutbound } from './support/brokering.ts';
import { startTestCluster, type TestCluster } from './support/test-cluster.ts';
import { WanderingBrowser } from './support/wandering-browser.ts';

describe('a login through an outside provider', () => {
  let broker: TestCluster;
  let upstream: TestCluster;
  let provider: Server;
  let base = '';
  let outside = '';
  let admin: Admin;
  let config: Record<string, string> = {};

  const authUrl = (hint?: string) =>
    `${base}/realms/test/protocol/openid-connect/auth?${new URLSearchParams({
      client_id: 'app',
      redirect_uri: 'http://localhost/callback',
      response_type: 'code',
      scope: 'openid',
      ...(hint === undefined ? {} : { kc_idp_hint: hint }),
    }).toString()}`;

  const settings = (more: Record<string, unknown> = {}, moreConfig: Record<string, string> = {}) => ({
    alias: 'keygrid',
    displayName: 'Second Keygrid',
    providerId: 'oidc',
    enabled: true,
    trustEmail: true,
    config: { ...config, clientId: 'outside-app', clientSecret: 'broker-secret', ...moreConfig },
    ...more,
  });

  /** Claims of the tokens that the application gets at the end. */
  async function claimsOf(end: Answer): Promise<Record<string, unknown>> {
    const code = new URL(end.headers.location ?? '').searchParams.get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://localhost/callback',
      client_id: 'app',
      client_secret: 'app-secret',
    };
    const answer = await call(`${base}/realms/test/protocol/openid-connect/token`, { form });
    const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  }

  /** Logs in at the second Keygrid, sent there by a hint. */
  async function login(user: string, browser = new WanderingBrowser()): Promise<Answer> {
    const page = await browser.go(authUrl('keygrid'));
    expect(browser.visited.at(-1)).toContain(outside);
    return browser.submit(page, { username: user, password: user.replace('user', 'password') });
  }

  const userIdOf = async (name: string): Promise<string> => {
    const [user] = JSON.parse((await admin('GET', `/users?username=${name}&exact=true`)).text) as { id: string }[];
    return user?.id ?? '';
  };

  beforeAll(async () => {
    [broker, upstream] = await Promise.all([
      startTestCluster(1, { realms: [benchRealm('test', 4)], extraArguments: patientOutbound }),
      startTestCluster(1, { realms: [benchRealm('upstream', 8)] }),
    ]);
    base = broker.server.bases[0] ?? '';
    outside = upstream.server.bases[0] ?? '';
    admin = await administer(base, 'test');
    const client = {
      clientId: 'outside-app',
      secret: 'broker-secret',
      redirectUris: [`${base}/realms/test/broker/keygrid/endpoint`],
    };
    expect((await (await administer(outside, 'upstream'))('POST', '/clients', client)).status).toBe(201);
    const imported = await admin('POST', '/identity-provider/import-config', {
      fromUrl: `${outside}/realms/upstream/.well-known/openid-configuration`,
      providerId: 'oidc',
    });
    config = JSON.parse(imported.text) as Record<string, string>;
    expect((await admin('POST', '/identity-provider/instances', settings())).status).toBe(201);
  });
  afterAll(async () => {
    provider?.closeAllConnections();
    provider?.close();
    await Promise.all([broker?.stop(), upstream?.stop()]);
  });

  it('is set up by Admin REST, which never shows the secret', async () => {
    expect(config).toMatchObject({ issuer: `${outside}/realms/upstream`, validateSignature: 'true', useJwksUrl: 'true' });
    const shown = JSON.parse((await admin('GET', '/identity-provider/instances/keygrid')).text) as { config: Record<string, string> };
    expect(shown.config['clientSecret']).toBe('**********');
    expect((await admin('PUT', '/identity-provider/instances/keygrid', shown)).status).toBe(204);
    expect((await admin('GET', '')).text).not.toContain('broker-secret');
    expect((await admin('POST', '/identity-provider/instances', settings())).status).toBe(409);
    expect((await admin('POST', '/identity-provider/instances', settings({ alias: 'bad', providerId: 'nothing' }))).status).toBe(400);
    expect((await admin('POST', '/identity-provider/instances', settings({ alias: 'a/b' }))).status).toBe(400);
    expect((await admin('POST', '/identity-provider/instances', settings({ alias: 'url' }, { tokenUrl: 'javascript:1' }))).status).toBe(
      400,
    );
    expect((await admin('GET', '/identity-provider/instances/none')).status).toBe(404);
  });

  it('makes the user, with what the mappers bring, and finds him again', async () => {
    await admin('POST', '/roles', { name: 'outsider' });
    for (const mapper of [
      { name: 'role', identityProviderMapper: 'oidc-hardcoded-role-idp-mapper', config: { role: 'outsider' } },
      {
        name: 'name there',
        identityProviderMapper: 'oidc-user-attribute-idp-mapper',
        config: { claim: 'preferred_username', 'user.attribute': 'there' },
      },
      {
        name: 'name here',
        identityProviderMapper: 'oidc-username-idp-mapper',
        config: { template: '$' + '{ALIAS}.$' + '{CLAIM.preferred_username}' },
      },
    ])
      expect(
        (await admin('POST', '/identity-provider/instances/keygrid/mappers', { identityProviderAlias: 'keygrid', ...mapper })).status,
      ).toBe(201);
    const first = await claimsOf(await login('user7'));
    expect(first).toMatchObject({
      preferred_username: 'keygrid.user7',
      realm_access: { roles: expect.arrayContaining(['outsider']) as unknown },
    });
    const id = await userIdOf('keygrid.user7');
    const links = JSON.parse((await admin('GET', `/users/${id}/federated-identity`)).text) as Record<string, string>[];
    expect(links).toEqual([{ identityProvider: 'keygrid', userId: expect.any(String) as unknown, userName: 'user7' }]);
    expect((await claimsOf(await login('user7')))['sub']).toBe(first['sub']);
    const list = JSON.parse((await admin('GET', '/identity-provider/instances/keygrid/mappers')).text) as { id: string; name: string }[];
    const template = list.find(({ name }) => name === 'name here');
    expect((await admin('DELETE', `/identity-provider/instances/keygrid/mappers/${template?.id}`)).status).toBe(204);
  });

  it('is offered by a button of the login page, unless it is hidden, off or for links only', async () => {
    const page = async () => (await new WanderingBrowser().go(authUrl())).text;
    const browser = new WanderingBrowser();
    const shown = await browser.go(authUrl());
    const [, href = ''] = /id="social-keygrid" href="([^"]+)"/.exec(shown.text) ?? [];
    const there = await browser.go(href.replaceAll('&amp;', '&'));
    expect((await claimsOf(await browser.submit(there, { username: 'user6', password: 'password6' })))['preferred_username']).toBe('user6');
    for (const change of [{ hideOnLogin: true }, { enabled: false }, { linkOnly: true }]) {
      await admin('PUT', '/identity-provider/instances/keygrid', settings(change));
      expect(await page()).not.toContain('social-keygrid');
    }
    await admin('PUT', '/identity-provider/instances/keygrid', settings({ hideOnLogin: false, enabled: true, linkOnly: false }));
    expect(await page()).toContain('social-keygrid');
  });

  it('shows its links in Admin REST, one for each provider', async () => {
    await login('user6');
    const path = `/users/${await userIdOf('user6')}/federated-identity/keygrid`;
    expect((await admin('POST', path, { userId: 'x', userName: 'x' })).status).toBe(409);
    expect([(await admin('DELETE', path)).status, (await admin('DELETE', path)).status]).toEqual([204, 404]);
    expect((await admin('POST', path, { userId: 'x', userName: 'x' })).status).toBe(204);
    expect((await admin('POST', path.replace('keygrid', 'none'), { userId: 'x', userName: 'x' })).status).toBe(404);
  });

  it('is linked on the wish of an application by an action of its login only, unless an option says otherwise', async () => {
    const path = `/realms/test/broker/keygrid/link?client_id=app&redirect_uri=${encodeURIComponent('http://localhost/callback')}&nonce=n&hash=h`;
    const answer = await new WanderingBrowser().go(`${base}${path}`);
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
  });

  it('is good once, and in the browser that began it', async () => {
    const browser = new WanderingBrowser();
    await login('user7', browser);
    const callback = browser.visited.find((url) => url.includes('/broker/keygrid/endpoint')) ?? '';
    for (const other of [browser, new WanderingBrowser()]) {
      const answer = await other.go(callback);
      expect(answer.headers.location ?? '').not.toContain('code=');
    }
    const victim = new WanderingBrowser();
    await victim.go(authUrl());
    const made = await victim.go(
      `${base}/realms/test/broker/keygrid/endpoint?state=a.b.${Buffer.from('app').toString('base64url')}&code=x`,
    );
    expect(made.headers.location).toBeUndefined();
    expect((await victim.go(`${base}/realms/test/broker/none/endpoint?state=a.b.c&code=x`)).status).toBe(404);
  });

  it.each([
    ['of another issuer', { issuer: 'https://other.example' }],
    ['by keys of somebody else', { jwksUrl: 'BASE/realms/master/protocol/openid-connect/certs' }],
    ['without a key set to check them by', { jwksUrl: '' }],
    ['with a wrong secret', { clientSecret: 'wrong' }],
    ['with userinfo that is not there', { userInfoUrl: 'BASE/nothing' }],
  ])('does not take tokens %s', async (_what, wrong) => {
    const changed = Object.fromEntries(Object.entries(wrong).map(([name, value]) => [name, value.replace('BASE', base)]));
    await admin('PUT', '/identity-provider/instances/keygrid', settings({}, changed));
    const browser = new WanderingBrowser();
    const page = await browser.go(authUrl('keygrid'));
    const end =
      browser.visited.at(-1)?.startsWith(outside) === true
        ? await browser.submit(page, { username: 'user7', password: 'password7' })
        : page;
    expect([end.headers.location, /identity provider/.test(end.text)]).toEqual([undefined, true]);
    await admin('PUT', '/identity-provider/instances/keygrid', settings());
  });

  it('shows the login page again where the provider says no', async () => {
    const browser = new WanderingBrowser();
    await browser.go(authUrl('keygrid'));
    const state = new URL(browser.visited.find((url) => url.startsWith(outside)) ?? '').searchParams.get('state') ?? '';
    const answer = await browser.go(
      `${base}/realms/test/broker/keygrid/endpoint?${new URLSearchParams({ state, error: 'access_denied' }).toString()}`,
    );
    expect([answer.status, answer.text.includes('did not sign you in'), answer.text.includes('name="password"')]).toEqual([
      200,
      true,
      true,
    ]);
  });

  it('works with node-oidc-provider', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    provider = createServer();
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const oidc = new Provider(issuer, {
      clients: [
        {
          client_id: 'broker',
          client_secret: 'a-secret-of-the-broker',
          redirect_uris: [`${base}/realms/test/broker/node/endpoint`],
          token_endpoint_auth_method: 'client_secret_basic',
        },
      ],
      jwks: { keys: [{ ...(privateKey.export({ format: 'jwk' }) as JWK), use: 'sig', alg: 'RS256' }] },
      cookies: { keys: ['a key of a test'] },
      claims: { openid: ['sub', 'email', 'given_name', 'family_name'] },
      findAccount: (_ctx, id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@node.example`, given_name: 'Nora', family_name: 'Node' }),
      }),
    });
    provider.on('request', oidc.callback());
    const imported = JSON.parse(
      (
        await admin('POST', '/identity-provider/import-config', {
          fromUrl: `${issuer}/.well-known/openid-configuration`,
          providerId: 'oidc',
        })
      ).text,
    ) as Record<string, string>;
    const made = await admin('POST', '/identity-provider/instances', {
      alias: 'node',
      providerId: 'oidc',
      trustEmail: true,
      storeToken: true,
      config: { ...imported, clientId: 'broker', clientSecret: 'a-secret-of-the-broker', clientAuthMethod: 'client_secret_basic' },
    });
    expect(made.status).toBe(201);
    const browser = new WanderingBrowser();
    const form = await browser.go(authUrl('node'));
    const consent = await browser.submit(form, { prompt: 'login', login: 'nora', password: 'x' });
    const end = await browser.submit(consent, { prompt: 'consent' });
    expect(await claimsOf(end)).toMatchObject({ preferred_username: 'nora@node.example', email: 'nora@node.example', given_name: 'Nora' });
  });
});
