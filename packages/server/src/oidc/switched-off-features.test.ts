import { describe, expect, it } from 'vitest';
import { registerAccount } from '../account/index.ts';
import { registerAdmin } from '../admin/index.ts';
import { featuresOf, type SwitchedFeature, switchedFeatures, switchesOf } from '../config/feature-switches.ts';
import { registerConsoles } from '../console/index.ts';
import type { ServerContext } from '../context.ts';
import { refuseSwitchedOff } from '../http/switched-off-routes.ts';
import { registerProtection } from '../protection/index.ts';
import type { Storage, Stores } from '../store/stores.ts';
import { loginServer } from '../testing/login-server.ts';
import { proof, proofKey } from '../testing/proofs.ts';
import { postForm, push } from '../testing/protocol-forms.ts';
import { testApp } from '../testing/server-context.ts';
import { redirectOf } from '../testing/test-browser.ts';
import { registerBrowserSide } from './browser-side.ts';
import { registerTokenSide } from './token-side.ts';

const without = (...off: SwitchedFeature[]) => featuresOf((name) => !off.includes(name));
const TOKEN = 'protocol/openid-connect/token';
const ALICE = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };
const UNKNOWN = { status: 404, body: { error: 'HTTP 404 Not Found' } };
const NO_BROKERING_API = { status: 400, body: { errorMessage: 'Identity Brokering API feature not enabled' } };
const NOT_ENABLED = {
  status: 501,
  body: { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' },
};

const noStorage: Omit<Storage, 'stores'> = {
  transaction: () => Promise.reject(new Error('no storage')),
  close: async () => undefined,
};

/** Every address that a server answers, with all its routes. */
async function wholeServer(features: ServerContext['features']) {
  const login = await loginServer({ features });
  // Routes look for their tables when they are declared; nothing is read from them here.
  const context = { ...login.context, storage: { ...noStorage, stores: {} as Stores } };
  const urls: string[] = [];
  const extras = {} as Parameters<typeof registerAdmin>[2];
  const app = await testApp((instance) => {
    instance.addHook('onRoute', ({ url }) => void urls.push(url));
    refuseSwitchedOff(instance, features);
    registerTokenSide(instance, context);
    registerBrowserSide(instance, context);
    registerConsoles(instance, context);
    registerAccount(instance, context);
    registerProtection(instance, context);
    registerAdmin(instance, context, { ...extras, sessionInfo: {} as never, features: () => [], clusterInfo: () => ({}) as never });
  });
  return { app, urls };
}

/** The same with everything switched on. */
let whole: ReturnType<typeof wholeServer> | undefined;

const servers = new Map<SwitchedFeature, ReturnType<typeof wholeServer>>();

/** The same with one feature off. */
function serverWithout(feature: SwitchedFeature): ReturnType<typeof wholeServer> {
  const found = servers.get(feature) ?? wholeServer(without(feature));
  servers.set(feature, found);
  return found;
}

describe('the table of features', () => {
  it('names addresses that are there', async () => {
    whole ??= wholeServer(featuresOf());
    const { urls } = await whole;
    const named = switchedFeatures.flatMap(switchesOf).flatMap(({ routes = [] }) => [...routes]);
    const fits = (route: string) => (url: string) => (route.endsWith('$') ? url === route.slice(0, -1) : url.startsWith(route));
    expect(named.filter((route) => !urls.some(fits(route)))).toEqual([]);
  });

  it('names members of the discovery document that are there, and grants that it lists', async () => {
    const document = async (features = featuresOf()) => {
      const { app } = await loginServer({ features });
      const headers = { host: 'login.test' };
      return (await app.inject({ url: '/realms/test/.well-known/openid-configuration', headers })).json<Record<string, unknown>>();
    };
    const everything = await document();
    for (const name of switchedFeatures) {
      const gone = switchesOf(name).flatMap(({ metadata = [] }) => [...metadata]);
      const grants = switchesOf(name).flatMap(({ grant }) => grant?.type ?? []);
      const rest = await document(without(name));
      expect(Object.keys(everything).filter((member) => !(member in rest))).toEqual(
        Object.keys(everything).filter((member) => gone.includes(member)),
      );
      for (const member of gone) expect(JSON.stringify(rest)).not.toContain(`"${member}"`);
      for (const grant of grants) expect(JSON.stringify(everything)).toContain(grant);
      for (const grant of grants) expect(JSON.stringify(rest)).not.toContain(grant);
    }
  });
});

describe('a feature that is off answers as the original does with it disabled', () => {
  it.each<[SwitchedFeature, 'GET' | 'POST' | 'OPTIONS', string, { status: number; body: unknown }]>([
    ['par', 'POST', '/realms/test/protocol/openid-connect/ext/par/request', UNKNOWN],
    ['par', 'GET', '/realms/test/protocol/openid-connect/ext/par/request', UNKNOWN],
    ['par', 'OPTIONS', '/realms/test/protocol/openid-connect/ext/par/request', UNKNOWN],
    ['device-flow', 'POST', '/realms/test/protocol/openid-connect/auth/device', { status: 204, body: undefined }],
    ['device-flow', 'GET', '/realms/test/device', UNKNOWN],
    ['device-flow', 'GET', '/realms/test/device?user_code=AAAA-BBBB', UNKNOWN],
    ['device-flow', 'GET', '/realms/test/device/status', UNKNOWN],
    ['authorization', 'GET', '/realms/test/authz/protection/resource_set', NOT_ENABLED],
    ['authorization', 'POST', '/realms/test/authz/protection/permission', NOT_ENABLED],
    ['authorization', 'GET', '/realms/test/authz/protection/uma-policy', NOT_ENABLED],
    ['identity-brokering-api', 'GET', '/realms/test/broker/x/token', NO_BROKERING_API],
    ['account', 'GET', '/realms/test/account', UNKNOWN],
    ['account', 'GET', '/realms/test/account/personal-info', UNKNOWN],
    ['account-api', 'GET', '/realms/test/account/sessions', UNKNOWN],
    ['admin', 'GET', '/admin', UNKNOWN],
    ['admin', 'GET', '/admin/test/console/', UNKNOWN],
    ['admin-api', 'GET', '/admin/realms', UNKNOWN],
    ['admin-api', 'GET', '/admin/serverinfo', UNKNOWN],
  ])('%s: %s %s', async (feature, method, url, { status, body }) => {
    const { app } = await serverWithout(feature);
    const answer = await app.inject({ method, url, headers: { host: 'login.test', accept: 'text/html' } });
    expect([answer.statusCode, answer.body === '' ? undefined : answer.json()]).toEqual([status, body]);
    whole ??= wholeServer(featuresOf());
    const usual = await (await whole).app.inject({ method, url, headers: { host: 'login.test', accept: 'text/html' } });
    expect([usual.statusCode, usual.body]).not.toEqual([answer.statusCode, answer.body]);
  });

  it.each([
    ['device-flow', 'urn:ietf:params:oauth:grant-type:device_code', 'unsupported_grant_type', 'Unsupported grant_type'],
    ['authorization', 'urn:ietf:params:oauth:grant-type:uma-ticket', 'invalid_request', 'Client does not support permissions'],
  ] as const)('%s: its grant', async (feature, grant_type, error, error_description) => {
    const server = await loginServer({ features: without(feature) });
    const answer = await postForm(server, TOKEN, { client_id: 'app', grant_type, device_code: 'x', audience: 'app' });
    expect([answer.statusCode, answer.json()]).toEqual([400, { error, error_description }]);
  });

  it('admin rest says 501 of it, and only to those whom it would answer', async () => {
    const { app } = await wholeServer(without('authorization', 'client-policies'));
    for (const path of ['clients/x/authz/resource-server', 'client-policies/policies'])
      expect((await app.inject({ url: `/admin/realms/test/${path}` })).statusCode).toBe(401);
  });
});

describe('without DPoP', () => {
  const attributes = { 'dpop.bound.access.tokens': 'true' };

  it('proofs are not looked at, and clients that want bound tokens get others', async () => {
    const server = await loginServer({ features: without('dpop'), client: { attributes } });
    const good = await proof(await proofKey(), { nowSeconds: server.context.clock.nowSeconds() });
    for (const headers of [{}, { dpop: good }, { dpop: 'nonsense' }] as Record<string, string>[]) {
      const answer = await postForm(server, TOKEN, ALICE, headers);
      expect([answer.statusCode, answer.json().token_type]).toEqual([200, 'Bearer']);
    }
  });

  it('nobody knows its scheme, a code is bound to no key, and the implicit flow stays closed to such clients', async () => {
    const server = await loginServer({ features: without('dpop') });
    const { access_token: token } = (await postForm(server, TOKEN, ALICE)).json();
    const headers = { host: 'login.test', authorization: `DPoP ${token}`, dpop: 'x' };
    const userinfo = await server.app.inject({ url: '/realms/test/protocol/openid-connect/userinfo', headers });
    expect([userinfo.statusCode, userinfo.headers['www-authenticate']]).toEqual([401, 'Bearer realm="test"']);
    const code = redirectOf(await server.login(server.browser(), { dpop_jkt: 'x'.repeat(43) })).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', client_id: 'app', code, redirect_uri: 'https://app.example/cb' };
    expect((await postForm(server, TOKEN, form)).statusCode).toBe(200);
    const bound = await loginServer({ features: without('dpop'), client: { attributes, implicitFlowEnabled: true } });
    const refused = await bound.browser().get(bound.authUrl({ response_type: 'token', nonce: 'n' }));
    expect(redirectOf(refused).hash).toContain('error=unauthorized_client');
  });

  it('a token that was bound before is nobody’s without its proof', async () => {
    const before = await loginServer();
    const key = await proofKey();
    const dpop = await proof(key, { nowSeconds: before.context.clock.nowSeconds() });
    const { access_token: token } = (await postForm(before, TOKEN, ALICE, { dpop })).json();
    const { features } = { features: without('dpop') };
    const app = await testApp((instance) => registerTokenSide(instance, { ...before.context, features }));
    const url = '/realms/test/protocol/openid-connect/userinfo';
    expect((await app.inject({ url, headers: { host: 'login.test', authorization: `Bearer ${token}` } })).statusCode).toBe(401);
  });
});

it('without PAR a client that must push gets nowhere, and the addresses of pushed requests mean nothing', async () => {
  const server = await loginServer({
    features: without('par'),
    client: { attributes: { 'require.pushed.authorization.requests': 'true' } },
  });
  expect((await push(server, { client_id: 'app' })).statusCode).toBe(404);
  expect(redirectOf(await server.browser().get(server.authUrl())).searchParams.get('error')).toBe('invalid_request');
  const urn = 'urn:ietf:params:oauth:request_uri:00000000-0000-0000-0000-000000000000';
  expect((await server.browser().get(server.authUrl({ request_uri: urn }))).statusCode).toBe(400);
});

describe('without recovery codes', () => {
  const features = without('recovery-codes');

  it('nobody is asked to make any, nor for one', async () => {
    const server = await loginServer({ features, user: { requiredActions: ['CONFIGURE_RECOVERY_AUTHN_CODES'] } });
    await server.context.secondFactors.replaceRecovery(server.user, ['AAAA-BBBB-CCCC'], 'codes');
    expect([...(await server.context.secondFactors.configured(server.user))]).toEqual([]);
    expect(redirectOf(await server.login(server.browser())).searchParams.has('code')).toBe(true);
    const asked = redirectOf(await server.login(server.browser(), { kc_action: 'CONFIGURE_RECOVERY_AUTHN_CODES' }));
    expect(asked.searchParams.get('kc_action_status')).toBe('error');
  });

  it('stands in the way of others', async () => {
    const server = await loginServer({ user: { requiredActions: ['CONFIGURE_RECOVERY_AUTHN_CODES'] } });
    expect(redirectOf(await server.login(server.browser())).searchParams.get('execution')).toBe('CONFIGURE_RECOVERY_AUTHN_CODES');
  });
});
