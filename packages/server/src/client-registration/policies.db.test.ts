import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultRegistrationPolicies, registrationPolicyType } from '../realm/default-registration-policies.ts';
import { type RegistrationWorld, startRegistrationWorld } from '../testing/registration-world.ts';

const OPEN = 'openid-connect';
const app = { redirect_uris: ['https://a.example/cb'] };
const trusted = {
  'trusted-hosts': ['127.0.0.1', '*.example'],
  'host-sending-registration-request-must-match': ['true'],
  'client-uris-must-match': ['true'],
};

let world: RegistrationWorld;
let initial: string;
beforeAll(async () => {
  world = await startRegistrationWorld();
  initial = await world.initial();
});
afterAll(() => world?.[Symbol.asyncDispose]());
beforeEach(() => void world.takeEvents());

const refusedBy = (policy: string, details: string) => [
  403,
  {
    error: 'insufficient_scope',
    error_description: `Policy '${policy}' rejected request to client-registration service. Details: ${details}`,
  },
];
const answerOf = ({ status, json }: Awaited<ReturnType<RegistrationWorld['ask']>>) => [status, json];
const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
  world.server.call(world.admin, method, `/realms/reg${path}`, body);

describe('a new realm', () => {
  it('has the policies of the original', async () => {
    const names = (await world.policies()).map(({ providerId, subType }) => `${providerId} ${subType}`).sort();
    expect(names).toEqual([
      'allowed-client-templates anonymous',
      'allowed-client-templates authenticated',
      'allowed-protocol-mappers anonymous',
      'allowed-protocol-mappers authenticated',
      'consent-required anonymous',
      'max-clients anonymous',
      'registration-web-origins anonymous',
      'registration-web-origins authenticated',
      'scope anonymous',
      'trusted-hosts anonymous',
    ]);
  });

  it('lets no stranger register, and an event says which policy it was', async () => {
    expect(answerOf(await world.ask('POST', OPEN, undefined, app))).toEqual(refusedBy('Trusted Hosts', 'Host not trusted.'));
    expect(world.takeEvents()).toMatchObject([
      { type: 'CLIENT_REGISTER_ERROR', error: 'not_allowed', details: { client_registration_policy: 'Trusted Hosts' } },
    ]);
  });

  it('has them too where its file brings other components, and the file’s own where it brings any', async () => {
    const own = { name: 'only', providerId: 'max-clients', subType: 'anonymous', config: { 'max-clients': ['7'] } };
    for (const [realm, components, count] of [
      ['with-empty', { [registrationPolicyType]: [] }, defaultRegistrationPolicies().length],
      ['with-own', { [registrationPolicyType]: [own] }, 1],
    ] as const) {
      await world.server.createRealm({ realm, enabled: true, components });
      const found = await world.server.call(world.admin, 'GET', `/realms/${realm}/components?type=${registrationPolicyType}`);
      expect(found.json<object[]>()).toHaveLength(count);
      const exported = await world.server.call(world.admin, 'POST', `/realms/${realm}/partial-export`);
      expect(exported.json<{ components: Record<string, object[]> }>().components[registrationPolicyType]).toHaveLength(count);
    }
  });
});

describe('strangers from a trusted host', () => {
  beforeAll(() => world.configure('trusted-hosts', trusted));

  it('register clients that ask for consent and do not get all roles', async () => {
    const { status, json } = await world.ask('POST', 'default', undefined, {
      clientId: 'an1',
      consentRequired: false,
      fullScopeAllowed: true,
    });
    expect([status, json['consentRequired'], json['fullScopeAllowed']]).toEqual([201, true, false]);
    const token = String(json['registrationAccessToken']);
    for (const [change, policy, details] of [
      [{ consentRequired: false }, 'Consent Required', 'Not permitted to update consentRequired to false'],
      [{ fullScopeAllowed: true }, 'Full Scope Disabled', 'Not permitted to enable fullScopeAllowed'],
      [{ redirectUris: ['https://evil.org/'] }, 'Trusted Hosts', "URI doesn't match any trusted host or trusted domain"],
      [{ defaultClientScopes: ['nonsense'] }, 'Allowed Client Scopes', 'Not permitted to use specified clientScope'],
      [
        { protocolMappers: [{ name: 'h', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: {} }] },
        'Allowed Protocol Mapper Types',
        'ProtocolMapper type not allowed',
      ],
    ] as const) {
      expect(answerOf(await world.ask('PUT', 'default/an1', token, { clientId: 'an1', ...change }))).toEqual(refusedBy(policy, details));
    }
    expect((await world.ask('PUT', 'default/an1', token, { clientId: 'an1', name: 'x' })).status).toBe(200);
  });

  it('read and remove nothing when their host is trusted no more', async () => {
    const { json } = await world.ask('POST', OPEN, undefined, app);
    const [path, token] = [`${OPEN}/${json['client_id']}`, String(json['registration_access_token'])];
    await world.configure('trusted-hosts', { ...trusted, 'trusted-hosts': ['192.0.2.1'] });
    for (const method of ['GET', 'DELETE'] as const) {
      expect(answerOf(await world.ask(method, path, token))).toEqual(refusedBy('Trusted Hosts', 'Host not trusted.'));
    }
    await world.configure('trusted-hosts', trusted);
    expect((await world.ask('GET', path, token)).status).toBe(200);
  });

  it('register no more than the realm may have, however many ask at once', async () => {
    const before = (await call('GET', '/clients?max=1000')).json<object[]>().length;
    await world.configure('max-clients', { 'max-clients': [String(before + 2)] });
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.ask('POST', OPEN, undefined, app)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    const refused = answers.find(({ status }) => status !== 201);
    expect(refused && answerOf(refused)).toEqual(
      refusedBy('Max Clients Limit', `It's allowed to have max ${before + 2} clients per realm`),
    );
    expect((await world.ask('POST', OPEN, initial, app)).status).toBe(201);
    await world.configure('max-clients', { 'max-clients': ['200'] });
  });

  it('wait for an administrator where the realm wants that', async () => {
    const made = await call('POST', '/components', {
      name: 'Client Disabled',
      providerId: 'client-disabled',
      providerType: registrationPolicyType,
      subType: 'anonymous',
    });
    const { json } = await world.ask('POST', 'default', undefined, { enabled: true });
    expect(json['enabled']).toBe(false);
    expect((await world.ask('GET', `default/${json['clientId']}`, String(json['registrationAccessToken']))).status).toBe(401);
    expect((await call('DELETE', `/components/${made.location?.split('/').at(-1)}`)).status).toBe(204);
  });

  it('use the scopes that are allowed by name, openid among them', async () => {
    expect((await world.ask('POST', OPEN, undefined, { ...app, scope: 'openid email' })).status).toBe(403);
    await world.configure('allowed-client-templates', { 'allow-default-scopes': ['true'], 'allowed-client-scopes': ['openid'] });
    const { status, json } = await world.ask('POST', OPEN, undefined, { ...app, scope: 'openid email' });
    expect([status, json['scope']]).toEqual([201, 'email']);
    await world.configure('allowed-client-templates', { 'allow-default-scopes': ['false'], 'allowed-client-scopes': ['phone'] });
    expect((await world.ask('POST', 'default', undefined, { optionalClientScopes: ['phone'] })).status).toBe(201);
    expect((await world.ask('POST', 'default', undefined, { optionalClientScopes: ['email'] })).status).toBe(403);
  });
});

describe('pages of other origins', () => {
  const from = (origin: string, token: string | undefined) => world.ask('POST', OPEN, token, app, { origin });

  it('register where the token or a policy names them', async () => {
    const named = await world.initial({ count: 9, webOrigins: ['https://o.example'] });
    await world.configure('registration-web-origins', { 'web-origins': ['https://p.example'] }, 'authenticated');
    for (const [origin, token, status] of [
      ['https://o.example', named, 201],
      ['https://p.example', named, 201],
      ['https://p.example', initial, 201],
      ['https://o.example', initial, 403],
      ['https://evil.example', named, 403],
      ['null', named, 403],
      ['http://127.0.0.1:8080', named, 201],
    ] as const) {
      const answer = await from(origin, token);
      expect([origin, answer.status]).toEqual([origin, status]);
      const shared = status === 201 && origin.startsWith('https:');
      expect(answer.headers['access-control-allow-origin']).toBe(shared ? origin : undefined);
    }
    const { json } = await from('https://o.example', named);
    const [path, token] = [`${OPEN}/${json['client_id']}`, String(json['registration_access_token'])];
    expect((await world.ask('GET', path, token, undefined, { origin: 'https://o.example' })).status).toBe(200);
    expect((await world.ask('GET', path, token, undefined, { origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('policies as components', () => {
  const add = (providerId: string, config: object, more: object = {}) =>
    call('POST', '/components', { name: 'n', providerId, providerType: registrationPolicyType, subType: 'authenticated', config, ...more });

  it.each([
    ['max-clients', {}, "'Max Clients Per Realm' is required"],
    ['max-clients', { 'max-clients': ['abc'] }, "'Max Clients Per Realm' should be a number"],
    [
      'trusted-hosts',
      { 'host-sending-registration-request-must-match': ['false'], 'client-uris-must-match': ['false'] },
      'At least one of hosts verification or client URIs validation must be enabled',
    ],
    ['allowed-client-templates', { 'allowed-client-scopes': ['nonsense'] }, 'Client scopes not allowed: [nonsense]'],
  ])('%s with %j cannot be', async (providerId, config, errorMessage) => {
    const answer = await add(providerId, config);
    expect([answer.status, answer.json()]).toEqual([400, { errorMessage }]);
  });

  it('are added, changed and removed; an id is taken once, and settings of another kind are not kept', async () => {
    expect((await add('nothing', {})).status).toBe(400);
    expect((await add('scope', { a: ['b'] }, { id: 'mine' })).status).toBe(201);
    expect((await add('scope', {}, { id: 'mine' })).status).toBe(409);
    expect((await call('GET', '/components/mine')).json()).toMatchObject({ name: 'n', providerId: 'scope', config: {} });
    expect((await call('PUT', '/components/mine', { name: 'renamed' })).status).toBe(204);
    expect((await call('GET', '/components/mine')).json()).toMatchObject({ name: 'renamed', subType: 'authenticated' });
    expect((await world.ask('POST', 'default', initial, { fullScopeAllowed: true })).json['fullScopeAllowed']).toBe(false);
    expect((await call('DELETE', '/components/mine')).status).toBe(204);
    expect((await world.ask('POST', 'default', initial, { fullScopeAllowed: true })).json['fullScopeAllowed']).toBe(true);
  });

  it('are listed with what a realm can choose from', async () => {
    const types = (await call('GET', '/client-registration-policy/providers')).json<
      { id: string; properties: { options?: string[] }[] }[]
    >();
    expect(types.map(({ id }) => id).sort()).toEqual([
      'allowed-client-templates',
      'allowed-protocol-mappers',
      'client-disabled',
      'consent-required',
      'max-clients',
      'registration-web-origins',
      'scope',
      'trusted-hosts',
    ]);
    expect(types.find(({ id }) => id === 'allowed-client-templates')?.properties[0]?.options).toEqual(
      expect.arrayContaining(['email', 'offline_access', 'openid']),
    );
  });

  it('of a kind that is not here refuse everybody: what they forbid is not known', async () => {
    await world.server.createRealm({
      realm: 'foreign',
      enabled: true,
      components: { [registrationPolicyType]: [{ name: 'Own', providerId: 'of-an-extension', subType: 'anonymous', config: {} }] },
    });
    const url = '/realms/foreign/clients-registrations/openid-connect';
    const answer = await world.server.app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: '{}' });
    expect([answer.statusCode, answer.json().error_description]).toEqual([403, expect.stringContaining("Policy 'Own'")]);
  });
});
