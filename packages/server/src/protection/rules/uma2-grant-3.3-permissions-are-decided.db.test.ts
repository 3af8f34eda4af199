import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, claimsIn, startUmaWorld, type UmaReply, type UmaWorld } from '../../testing/uma-world.ts';

let world: UmaWorld;
let alice: string;
let bob: string;
beforeAll(async () => {
  world = await startUmaWorld();
  [alice, bob] = await Promise.all([world.login('alice'), world.login('bob')]);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const list = async (bearer: string, form: Record<string, string> | [string, string][] = {}): Promise<unknown> => {
  const common: [string, string][] = [
    ['audience', 'rs'],
    ['response_mode', 'permissions'],
  ];
  const answer = await world.uma(bearer, [...common, ...(Array.isArray(form) ? form : Object.entries(form))]);
  if (answer.status !== 200) return [answer.status, answer.json.error];
  return answer.list.map(({ rsname, scopes = [] }) => `${rsname ?? '-'}:${(scopes as string[]).join()}`);
};
const error = ({ status, json }: UmaReply) => [status, json.error, json.error_description];

describe('UMA 2.0 Grant section 3.3: what a client asks for is decided by policies', () => {
  it('everything, where nothing is named', async () => {
    expect(await list(alice)).toEqual(['doc:read']);
    expect(await list(bob)).toEqual(['other:']);
  });

  it('a resource by name, id, URI, pattern or type, and scopes of it or of all', async () => {
    expect(await list(alice, { permission: 'doc' })).toEqual(['doc:read']);
    expect(await list(alice, { permission: 'doc#read' })).toEqual(['doc:read']);
    expect(await list(alice, { permission: 'doc#read,write' })).toEqual(['doc:read']);
    expect(await list(alice, { permission: '#read' })).toEqual(['doc:read']);
    const [granted] = (await world.uma(alice, { audience: 'rs', permission: 'doc', response_mode: 'permissions' })).list;
    expect(await list(alice, { permission: String(granted?.['rsid']) })).toEqual(['doc:read']);
    expect(await list(alice, { permission: '/docs/*', permission_resource_format: 'uri' })).toEqual(['doc:read']);
    const pattern = { permission: '/docs/7#read', permission_resource_format: 'uri', permission_resource_matching_uri: 'true' };
    expect(await list(alice, pattern)).toEqual(['doc:read']);
    expect(await list(alice, { permission: 'resource-type:urn:doc' })).toEqual(['doc:read']);
    expect(await list(alice, { permission: 'resource-type-any:urn:doc#read' })).toEqual(['doc:read']);
    expect(await list(alice, { permission: 'doc', scope: 'read' })).toEqual(['doc:read']);
  });

  it('several permissions at once, in one form', async () => {
    expect(
      await list(bob, [
        ['permission', 'doc#read'],
        ['permission', 'other'],
      ]),
    ).toEqual(['other:']);
    expect(
      await list(alice, [
        ['permission', 'doc#read'],
        ['permission', 'nowhere'],
      ]),
    ).toEqual(['doc:read']);
  });

  it('answers with a decision, with permissions, or with a token; names and claims as wished', async () => {
    const decision = (bearer: string, permission: string) => world.uma(bearer, { audience: 'rs', permission, response_mode: 'decision' });
    expect((await decision(alice, 'doc#read')).json).toEqual({ result: true });
    expect(error(await decision(alice, 'doc#write'))).toEqual([403, 'access_denied', 'not_authorized']);
    const form = { audience: 'rs', permission: 'doc', response_mode: 'permissions' };
    expect((await world.uma(alice, { ...form, response_include_resource_name: 'false' })).list[0]).not.toHaveProperty('rsname');
    const claims = {
      claim_token: Buffer.from('{"org":["acme"]}').toString('base64'),
      claim_token_format: 'urn:ietf:params:oauth:token-type:jwt',
    };
    expect((await world.uma(alice, { ...form, ...claims })).list[0]).toMatchObject({ claims: { org: ['acme'] } });
    expect(await list(alice, { response_permissions_limit: '0' })).toEqual([403, 'access_denied']);
  });

  it('for whom the token is, shown in the header or as subject_token, or for the client itself', async () => {
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', audience: 'rs', response_mode: 'permissions' };
    const asked = async (more: Record<string, string>, authorization?: string) => {
      const answer = await world.token({ ...form, ...more }, authorization);
      return answer.status === 200 ? answer.list.map(({ rsname }) => rsname) : [answer.status, answer.json.error];
    };
    expect(await asked({ subject_token: alice }, basic('app'))).toEqual(['doc']);
    expect(await asked({ subject_token: alice, client_id: 'page' })).toEqual(['doc']);
    expect(await asked({}, basic('app'))).toEqual([403, 'access_denied']);
    expect(await asked({ client_id: 'page' })).toEqual([401, 'unauthorized_client']);
    expect(await asked({ subject_token: 'nonsense' }, basic('app'))).toEqual([400, 'unauthorized_client']);
    expect(await asked({}, 'Bearer nonsense')).toEqual([400, 'invalid_grant']);
    expect(await asked({})).toEqual([401, 'invalid_client']);
  });
});

describe('what policies decide on is what the server knows', () => {
  it('a client cannot push what only the server may say', async () => {
    await world.admin('POST', '/policy/time', { name: 'never', notOnOrAfter: '2000-01-01 00:00:00' });
    await world.admin('POST', '/policy/client', { name: 'is page', clients: ['page'] });
    await world.admin('POST', '/resource', { name: 'old' });
    await world.admin('POST', '/resource', { name: 'paged' });
    await world.admin('POST', '/permission/resource', { name: 'olds', resources: ['old'], policies: ['never'] });
    await world.admin('POST', '/permission/resource', { name: 'pages', resources: ['paged'], policies: ['is page'] });
    const pushed = { 'kc.time.date_time': ['1999-01-01 00:00:00'], 'kc.client.id': ['page'] };
    const claims = {
      claim_token: Buffer.from(JSON.stringify(pushed)).toString('base64url'),
      claim_token_format: 'urn:ietf:params:oauth:token-type:jwt',
    };
    expect(await list(alice, { permission: 'old', ...claims })).toEqual([403, 'access_denied']);
    expect(await list(alice, { permission: 'paged', ...claims })).toEqual([403, 'access_denied']);
    expect(await list(await world.login('carol', 'page'), { permission: 'paged' })).toEqual(['paged:']);
  });

  it('a change is heard with the next request', async () => {
    const asked = () => list(bob, { permission: 'unspoken#read' });
    expect(await asked()).toEqual([403, 'access_denied']);
    await world.admin('POST', '/permission/resource', { name: 'spoken', resources: ['unspoken'], policies: ['is bob'] });
    expect(await asked()).toEqual(['unspoken:read']);
    const { id } = (await world.admin('GET', '/policy/search?name=is bob')).json as { id?: string };
    await world.admin('PUT', `/policy/user/${id}`, { name: 'is bob', users: ['alice'] });
    expect(await asked()).toEqual([403, 'access_denied']);
    await world.admin('PUT', `/policy/user/${id}`, { name: 'is bob', users: ['bob'] });
    expect(await asked()).toEqual(['unspoken:read']);
    await world.admin('PUT', '', { policyEnforcementMode: 'DISABLED' });
    expect(await list(alice, { permission: 'unspoken#read' })).toEqual(['unspoken:read']);
    await world.admin('PUT', '', { policyEnforcementMode: 'ENFORCING' });
    expect(await list(alice, { permission: 'unspoken#read' })).toEqual([403, 'access_denied']);
  });

  it('and the second time from the cache', async () => {
    await list(alice, { permission: 'doc#read' });
    const before = world.server.cache.statistics;
    await list(alice, { permission: 'doc#read' });
    const after = world.server.cache.statistics;
    expect(after.hits).toBeGreaterThan(before.hits);
    // Names that stand for nothing are looked up each time: nobody tells when they begin to stand for something.
    expect(after.stores).toBe(before.stores);
  });
});

describe('UMA 2.0 Grant section 3.3.5: the requesting party token', () => {
  it('carries the permissions, for the resource server alone, and is what introspection says of it', async () => {
    const { status, json } = await world.uma(alice, { audience: 'rs', permission: 'doc' });
    expect(status).toBe(200);
    expect(Object.keys(json).sort()).toEqual(
      ['access_token', 'expires_in', 'not-before-policy', 'refresh_expires_in', 'refresh_token', 'token_type', 'upgraded'].sort(),
    );
    const permissions = [{ scopes: ['read'], rsid: expect.any(String), rsname: 'doc' }];
    expect(claimsIn(json.access_token)).toMatchObject({ aud: 'rs', azp: 'app', authorization: { permissions } });
    const rsid = (claimsIn(json.access_token)['authorization'] as { permissions: { rsid: string }[] }).permissions[0]?.rsid;
    expect(await world.introspect(json.access_token, 'requesting_party_token')).toEqual({
      exp: expect.any(Number),
      iat: expect.any(Number),
      jti: expect.any(String),
      aud: 'rs',
      typ: 'Bearer',
      acr: '1',
      permissions: [{ scopes: ['read'], rsid, rsname: 'doc', resource_id: rsid, resource_scopes: ['read'] }],
      active: true,
    });
    expect(await world.introspect(json.access_token, 'requesting_party_token', 'app')).toEqual({ active: false });
    expect(await world.introspect(await world.login('carol'), 'requesting_party_token')).toEqual({ active: false });
    expect(await world.introspect('nonsense', 'requesting_party_token')).toEqual({ active: false });
  });

  it('is widened by what is asked on top, and says whether all of the old is in the new', async () => {
    const first = (await world.uma(bob, { audience: 'rs', permission: 'other' })).json.access_token;
    const wider = await world.uma(bob, { audience: 'rs', permission: 'unspoken#read', rpt: first });
    expect(wider.json['upgraded']).toBe(true);
    const names = (claimsIn(wider.json.access_token)['authorization'] as { permissions: { rsname: string }[] }).permissions;
    expect(names.map(({ rsname }) => rsname).sort()).toEqual(['other', 'unspoken']);
    expect(error(await world.uma(bob, { audience: 'rs', permission: 'doc#read', rpt: first }))).toEqual([
      403,
      'access_denied',
      'not_authorized',
    ]);
    expect(error(await world.uma(bob, { audience: 'rs', rpt: 'nonsense' }))).toEqual([403, 'invalid_rpt', 'RPT signature is invalid']);
    expect((await world.uma(alice, { audience: 'rs', permission: 'doc', rpt: first })).json.error).toBe('invalid_rpt');
  });

  it('is refreshed with what would be granted now', async () => {
    const { json } = await world.uma(bob, { audience: 'rs' });
    const refreshed = async (token: string) =>
      (await world.token({ grant_type: 'refresh_token', refresh_token: token, client_id: 'app', client_secret: 'app-secret' })).json;
    const names = (token: string) =>
      (claimsIn(token)['authorization'] as { permissions: { rsname: string }[] }).permissions.map(({ rsname }) => rsname).sort();
    const once = await refreshed(json.refresh_token);
    expect(names(once.access_token)).toEqual(['other', 'unspoken']);
    const { id } = (await world.admin('GET', '/permission/search?name=others')).json as { id?: string };
    await world.admin('DELETE', `/permission/resource/${id}`);
    expect(names((await refreshed(once.refresh_token)).access_token)).toEqual(['unspoken']);
  });

  it('of a client for itself has no session and no refresh token', async () => {
    await world.admin('POST', '/policy/user', { name: 'is app', users: ['service-account-app'] });
    await world.admin('POST', '/permission/resource', { name: 'apps', resources: ['other'], policies: ['is app'] });
    const { json } = await world.uma(await world.account('app'), { audience: 'rs', permission: 'other' });
    expect(json).toMatchObject({ error: 'access_denied' });
  });
});

describe('violations', () => {
  it.each<[string, Record<string, string>, number, string]>([
    ['no audience', { audience: '' }, 400, 'invalid_request'],
    ['an unknown audience', { audience: 'nobody' }, 400, 'invalid_request'],
    ['an audience that is no resource server', { audience: 'app' }, 400, 'invalid_request'],
    ['a resource that is not there', { permission: 'nowhere' }, 400, 'invalid_resource'],
    ['a URI that is nobody’s', { permission: '/nowhere', permission_resource_format: 'uri' }, 400, 'invalid_resource'],
    ['a scope that is not there', { permission: '#nothing' }, 400, 'invalid_scope'],
    ['a scope that the resource does not have', { permission: 'doc#share' }, 400, 'invalid_resource'],
    ['an answer of no kind', { permission: 'doc#read', response_mode: 'poem' }, 400, 'invalid_request'],
    ['a limit that is no number', { response_permissions_limit: 'x' }, 400, 'invalid_request'],
    ['a claim token of an unknown format', { claim_token: 'eA', claim_token_format: 'smoke' }, 400, 'invalid_request'],
    [
      'a claim token that is none',
      { claim_token: 'eA', claim_token_format: 'urn:ietf:params:oauth:token-type:jwt' },
      400,
      'invalid_request',
    ],
    [
      'claims that are no texts',
      { claim_token: Buffer.from('{"a":{"b":1}}').toString('base64url'), claim_token_format: 'urn:ietf:params:oauth:token-type:jwt' },
      400,
      'invalid_request',
    ],
    ['a ticket that is none', { ticket: 'nonsense' }, 403, 'invalid_ticket'],
  ])('%s', async (_fault, form, status, expected) => {
    const { audience = 'rs', ...rest } = form;
    const answer = await world.uma(alice, { ...(audience === '' ? {} : { audience }), ...rest });
    expect([answer.status, answer.json.error]).toEqual([status, expected]);
  });

  it('a public client may not push claims', async () => {
    const page = await world.login('alice', 'page');
    const form = { audience: 'rs', claim_token: 'e30', claim_token_format: 'urn:ietf:params:oauth:token-type:jwt' };
    expect(error(await world.uma(page, form))).toEqual([403, 'invalid_grant', 'Public clients are not allowed to send claims']);
  });

  it('tokens of other kinds are no tickets, and tickets no other tokens', async () => {
    const { json } = await world.uma(alice, { audience: 'rs', permission: 'doc' });
    for (const ticket of [json.refresh_token, json.access_token]) {
      expect((await world.uma(alice, { ticket })).json.error).toBe('invalid_ticket');
    }
    const registered = (await world.protection(await world.account(), 'POST', '/permission', [{ resource_id: 'doc' }])).json;
    const ticket = String(registered['ticket']);
    const refresh = { grant_type: 'refresh_token', refresh_token: ticket, client_id: 'app', client_secret: 'app-secret' };
    expect((await world.token(refresh)).json.error).toBe('invalid_grant');
    expect((await world.uma(ticket, { audience: 'rs' })).json.error).toBe('invalid_grant');
    expect(await world.introspect(ticket)).toEqual({ active: false });
  });
});
