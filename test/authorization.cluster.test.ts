import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

const ROUNDS = 15;
const UMA = 'urn:ietf:params:oauth:grant-type:uma-ticket';

describe('authorization on three nodes', () => {
  let cluster: TestCluster;
  let token = '';
  let root = '';
  let userIds: string[] = [];
  const base = (index: number): string => cluster.server.bases[index % 3] as string;
  const at = (node: number, method: string, path: string, body?: unknown) => admin(base(node), token, method, `${root}${path}`, body);
  const bearers: string[] = [];

  /** What a node decides for one of the two users. */
  const decided = async (node: number, user: number, permission: string): Promise<boolean> => {
    const answer = await call(`${base(node)}/realms/test/protocol/openid-connect/token`, {
      headers: { authorization: `Bearer ${bearers[user]}` },
      form: { grant_type: UMA, audience: 'rs', permission, response_mode: 'decision' },
    });
    if (answer.status === 200) return true;
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([403, 'access_denied']);
    return false;
  };

  beforeAll(async () => {
    cluster = await startTestCluster(3);
    token = await adminToken(base(0));
    await admin(base(0), token, 'PUT', '/realms/master', { accessTokenLifespan: 900 });
    token = await adminToken(base(0));
    await admin(base(0), token, 'POST', '/realms/test/clients', {
      clientId: 'rs',
      secret: 'rs-secret',
      serviceAccountsEnabled: true,
      authorizationServicesEnabled: true,
      authorizationSettings: {
        resources: [{ name: 'doc', scopes: [{ name: 'read' }] }],
        policies: [
          { name: 'who', type: 'user', config: { users: '["user0"]' } },
          { name: 'docs', type: 'resource', config: { resources: '["doc"]', applyPolicies: '["who"]' } },
        ],
      },
    });
    const clients = (await admin(base(1), token, 'GET', '/realms/test/clients?clientId=rs')) as { id: string }[];
    root = `/realms/test/clients/${clients[0]?.id}/authz/resource-server`;
    userIds = await Promise.all(
      [0, 1].map(async (user) => {
        bearers.push('');
        bearers[user] = (await new LoginWalk(walker(user)).passwordGrant(base(user))).access_token;
        const found = (await admin(base(0), token, 'GET', `/realms/test/users?username=user${user}&exact=true`)) as { id: string }[];
        return found[0]?.id ?? '';
      }),
    );
  });
  afterAll(() => cluster?.stop());

  it(`a policy that was changed on one node decides on the others with the next request, ${ROUNDS} times`, async () => {
    const { id } = (await at(0, 'GET', '/policy/search?name=who')) as { id: string };
    for (let round = 0; round < ROUNDS; round += 1) {
      const allowed = round % 2;
      await at(round, 'PUT', `/policy/user/${id}`, { name: 'who', users: [userIds[allowed]] });
      for (const other of [1, 2]) {
        expect(await decided(round + other, allowed, 'doc#read')).toBe(true);
        expect(await decided(round + other, 1 - allowed, 'doc#read')).toBe(false);
      }
    }
  });

  it('so do scopes, resources, permissions, and the mode of the server', async () => {
    const { id: policy } = (await at(1, 'GET', '/policy/search?name=who')) as { id: string };
    await at(1, 'PUT', `/policy/user/${policy}`, { name: 'who', users: [userIds[0]] });
    const { _id: doc, ...resource } = (await at(0, 'GET', '/resource/search?name=doc')) as { _id: string };
    await at(0, 'PUT', `/resource/${doc}`, { ...resource, scopes: ['read', 'write'] });
    expect(await decided(1, 0, 'doc#write')).toBe(true);
    await at(1, 'POST', '/policy/user', { name: 'nobody', users: [] });
    const permission = (await at(1, 'POST', '/permission/scope', {
      name: 'writing',
      resources: [doc],
      scopes: ['write'],
      policies: ['nobody'],
    })) as {
      id: string;
    };
    expect(await decided(2, 0, 'doc#write')).toBe(false);
    expect(await decided(2, 0, 'doc#read')).toBe(true);
    await at(2, 'DELETE', `/permission/scope/${permission.id}`);
    expect(await decided(0, 0, 'doc#write')).toBe(true);
    await at(0, 'PUT', '', { policyEnforcementMode: 'DISABLED' });
    expect(await decided(1, 1, 'doc#write')).toBe(true);
    await at(1, 'PUT', '', { policyEnforcementMode: 'ENFORCING' });
    expect(await decided(2, 1, 'doc#write')).toBe(false);
  });

  it('a token with permissions that one node gave is known on another, with its permissions', async () => {
    const given = await call(`${base(0)}/realms/test/protocol/openid-connect/token`, {
      headers: { authorization: `Bearer ${bearers[0]}` },
      form: { grant_type: UMA, audience: 'rs', permission: 'doc#read' },
    });
    expect(given.status).toBe(200);
    const { access_token: token } = JSON.parse(given.text) as { access_token: string };
    const told = await call(`${base(1)}/realms/test/protocol/openid-connect/token/introspect`, {
      form: { client_id: 'rs', client_secret: 'rs-secret', token, token_type_hint: 'requesting_party_token' },
    });
    expect(JSON.parse(told.text)).toMatchObject({ active: true, permissions: [{ rsname: 'doc', scopes: ['read'] }] });
  });

  it('a wish that is left on one node is granted on another and holds on the third', async () => {
    const protect = (node: number, bearer: string, method: string, path: string, json?: unknown) =>
      call(`${base(node)}/realms/test/authz/protection${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}` },
        ...(json === undefined ? {} : { json }),
      });
    const form = { grant_type: 'client_credentials', client_id: 'rs', client_secret: 'rs-secret' };
    const pat = JSON.parse((await call(`${base(0)}/realms/test/protocol/openid-connect/token`, { form })).text).access_token as string;
    const shared = { name: 'photo', owner: userIds[0], ownerManagedAccess: true, scopes: ['view'] };
    const { _id: photo } = (await at(0, 'POST', '/resource', shared)) as { _id: string };
    const asked = await protect(1, pat, 'POST', '/permission', [{ resource_id: photo, resource_scopes: ['view'] }]);
    const { ticket } = JSON.parse(asked.text) as { ticket: string };
    const wish = await call(`${base(2)}/realms/test/protocol/openid-connect/token`, {
      headers: { authorization: `Bearer ${bearers[1]}` },
      form: { grant_type: UMA, ticket },
    });
    expect(JSON.parse(wish.text)).toMatchObject({ error_description: 'request_submitted' });
    const [left] = JSON.parse((await protect(0, pat, 'GET', '/permission/ticket')).text) as { id: string }[];
    expect(await decided(2, 1, `${photo}#view`)).toBe(false);
    expect((await protect(1, pat, 'PUT', '/permission/ticket', { id: left?.id, granted: true })).status).toBe(204);
    expect(await decided(2, 1, `${photo}#view`)).toBe(true);
    expect((await protect(0, pat, 'DELETE', `/permission/ticket/${left?.id}`)).status).toBe(204);
    expect(await decided(2, 1, `${photo}#view`)).toBe(false);
  });

  it('the cache authorization is what answers: its hits grow, and what is changed leaves it', async () => {
    const sample = async (name: string): Promise<number> => {
      const text = (await call(`${cluster.server.managementBases[0]}/metrics`)).text;
      const line = text.split('\n').find((one) => one.startsWith(`vendor_statistics_${name}{`) && one.includes('cache="authorization"'));
      return Number(line?.split(' ').at(-1));
    };
    await decided(0, 0, 'doc#read');
    const before = await sample('hits');
    for (let round = 0; round < 5; round += 1) await decided(0, 0, 'doc#read');
    expect(await sample('hits')).toBeGreaterThanOrEqual(before + 5);
    const entries = await sample('approximate_entries');
    expect(entries).toBeGreaterThan(0);
    await at(1, 'POST', '/import', {});
    expect(await sample('approximate_entries')).toBeLessThan(entries);
  });
});
