import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';

interface Info {
  readonly id: string;
  readonly displayName: string;
  readonly providerId?: string;
  readonly requirement: string;
  readonly level: number;
  readonly index: number;
  readonly priority: number;
  readonly authenticationConfig?: string;
  readonly authenticationFlow?: boolean;
}

let server: AdminServer;
let token: string;
const REALM = '/realms/flows';
const A = `${REALM}/authentication`;

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({ realm: 'flows', enabled: true });
  token = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => server.call(token, method, path, body);
const infos = async (alias: string) => (await call('GET', `${A}/flows/${encodeURIComponent(alias)}/executions`)).json<Info[]>();

describe('the flows of a new realm', () => {
  it('are those of every realm, with steps and sub-flows in order', async () => {
    const flows = (await call('GET', `${A}/flows`)).json<{ alias: string; builtIn: boolean }[]>();
    expect(flows.map(({ alias }) => alias)).toEqual([
      'browser',
      'direct grant',
      'registration',
      'reset credentials',
      'clients',
      'first broker login',
      'docker auth',
    ]);
    expect((await infos('browser')).map(({ displayName, requirement, level, index }) => [displayName, requirement, level, index])).toEqual([
      ['Cookie', 'ALTERNATIVE', 0, 0],
      ['Kerberos', 'DISABLED', 0, 1],
      ['Identity Provider Redirector', 'ALTERNATIVE', 0, 2],
      ['Organization', 'ALTERNATIVE', 0, 3],
      ['Browser - Conditional Organization', 'CONDITIONAL', 1, 0],
      ['Condition - user configured', 'REQUIRED', 2, 0],
      ['Organization Identity-First Login', 'ALTERNATIVE', 2, 1],
      ['forms', 'ALTERNATIVE', 0, 4],
      ['Username Password Form', 'REQUIRED', 1, 0],
      ['Browser - Conditional 2FA', 'CONDITIONAL', 1, 1],
      ['Condition - user configured', 'REQUIRED', 2, 0],
      ['Condition - credential', 'REQUIRED', 2, 1],
      ['OTP Form', 'ALTERNATIVE', 2, 2],
      ['WebAuthn Authenticator', 'DISABLED', 2, 3],
      ['Recovery Authentication Code Form', 'DISABLED', 2, 4],
    ]);
  });

  it('cannot be taken apart', async () => {
    const [browser] = (await call('GET', `${A}/flows`)).json<{ id: string }[]>();
    expect((await call('DELETE', `${A}/flows/${browser?.id}`)).text).toBe('{"error":"Can\'t delete built in flow"}');
    const added = await call('POST', `${A}/flows/browser/executions/execution`, { provider: 'user-session-limits' });
    expect([added.status, added.text]).toEqual([400, '{"error":"It is illegal to add execution to a built in flow"}']);
  });
});

describe('a flow of one’s own', () => {
  it('is copied, gets steps, settings and an order, and is used', async () => {
    const copied = await call('POST', `${A}/flows/browser/copy`, { newName: 'mine' });
    expect([copied.status, copied.location]).toEqual([201, expect.stringContaining('/authentication/flows/browser/copy/')]);
    expect((await call('POST', `${A}/flows/browser/copy`, { newName: 'mine' })).status).toBe(409);
    expect((await infos('mine')).filter((one) => one.authenticationFlow).map(({ displayName }) => displayName)).toEqual([
      'mine Organization',
      'mine Browser - Conditional Organization',
      'mine forms',
      'mine Browser - Conditional 2FA',
    ]);
    const added = await call('POST', `${A}/flows/mine%20forms/executions/execution`, { provider: 'user-session-limits' });
    const id = added.location?.split('/').at(-1) ?? '';
    const find = async () => (await infos('mine')).find((one) => one.id === id);
    expect(await find()).toMatchObject({ requirement: 'DISABLED', level: 1, index: 2, configurable: true });
    expect((await call('PUT', `${A}/flows/mine/executions`, { ...(await find()), requirement: 'REQUIRED' })).status).toBe(204);
    expect((await call('PUT', `${A}/flows/mine/executions`, { ...(await find()), requirement: 'ALTERNATIVE' })).status).toBe(400);
    const config = { alias: 'limits', config: { userRealmLimit: '1', behavior: 'Deny new session', errorMessage: '' } };
    const made = await call('POST', `${A}/executions/${id}/config`, config);
    const configId = made.location?.split('/').at(-1) ?? '';
    expect((await find())?.authenticationConfig).toBe(configId);
    expect((await call('GET', `${A}/config/${configId}`)).json()).toEqual({
      id: configId,
      alias: 'limits',
      config: { userRealmLimit: '1', behavior: 'Deny new session' },
    });
    await call('POST', `${A}/executions/${id}/raise-priority`);
    expect((await find())?.index).toBe(1);
    expect((await call('PUT', REALM, { browserFlow: 'mine' })).status).toBe(204);
    expect((await call('PUT', REALM, { browserFlow: 'nothing' })).status).toBe(400);
    const mine = (await call('GET', `${A}/flows`)).json<{ id: string; alias: string }[]>().find(({ alias }) => alias === 'mine');
    expect((await call('DELETE', `${A}/flows/${mine?.id}`)).status).toBe(400);
    await call('PUT', REALM, { browserFlow: 'browser' });
    expect((await call('DELETE', `${A}/config/${configId}`)).status).toBe(204);
    expect((await find())?.authenticationConfig).toBeUndefined();
    expect((await call('DELETE', `${A}/executions/${id}`)).status).toBe(204);
    expect((await call('DELETE', `${A}/flows/${mine?.id}`)).status).toBe(204);
    expect((await call('GET', `${A}/flows/mine%20forms/executions`)).status).toBe(404);
  });

  it('takes only steps that this server can carry out', async () => {
    await call('POST', `${A}/flows`, { alias: 'fresh', providerId: 'basic-flow', topLevel: true, builtIn: false });
    for (const provider of ['nonsense', 'auth-spnego', 'client-secret']) {
      const added = await call('POST', `${A}/flows/fresh/executions/execution`, { provider });
      expect([added.status, added.text]).toEqual([400, `{"error":"No authentication provider found for id: ${provider}"}`]);
    }
  });
});

it('required actions are switched, ordered, removed and registered again', async () => {
  const one = `${A}/required-actions/VERIFY_EMAIL`;
  await call('PUT', one, { alias: 'VERIFY_EMAIL', name: 'Verify Email', providerId: 'VERIFY_EMAIL', enabled: false, defaultAction: true });
  expect((await call('GET', one)).json()).toMatchObject({ enabled: false, defaultAction: true, priority: 50 });
  await call('POST', `${one}/raise-priority`);
  const list = (await call('GET', `${A}/required-actions`)).json<{ alias: string }[]>();
  expect(list.slice(0, 3).map(({ alias }) => alias)).toEqual(['TERMS_AND_CONDITIONS', 'VERIFY_EMAIL', 'UPDATE_PROFILE']);
  expect((await call('DELETE', one)).status).toBe(204);
  expect((await call('GET', one)).text).toBe('{"error":"Failed to find required action"}');
  expect((await call('GET', `${A}/unregistered-required-actions`)).json()).toEqual([{ providerId: 'VERIFY_EMAIL', name: 'Verify Email' }]);
  expect((await call('POST', `${A}/register-required-action`, { providerId: 'VERIFY_EMAIL', name: 'Verify Email' })).status).toBe(204);
  expect((await call('GET', one)).status).toBe(200);
});
