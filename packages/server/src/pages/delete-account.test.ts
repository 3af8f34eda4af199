import { describe, expect, it } from 'vitest';
import { defaultAuthentication } from '../realm/default-flows.ts';
import { type LoginServer, loginServer } from '../testing/login-server.ts';
import { redirectOf } from '../testing/test-browser.ts';

const asked = { kc_action: 'delete_account' };

/** A realm where users of the role may delete their accounts. */
async function world(options: { readonly enabled?: boolean; readonly permitted?: boolean } = {}): Promise<LoginServer> {
  const { enabled = true, permitted = true } = options;
  const server = await loginServer();
  const { realm, context, user, other } = server;
  const authentication = defaultAuthentication(realm.id);
  const requiredActions = authentication.requiredActions.map((action) =>
    action.providerId === 'delete_account' ? { ...action, enabled } : action,
  );
  const { data } = context.state;
  data.realms[0] = { ...realm, authentication: { ...authentication, requiredActions } };
  data.clients.push({ ...other, id: 'account-uuid', clientId: 'account' });
  data.roles.push({
    id: 'role',
    realmId: realm.id,
    clientId: 'account-uuid',
    name: 'delete-account',
    attributes: {},
    composites: [],
  } as never);
  if (permitted) data.grants.set(user.id, { roleIds: ['role'], groupIds: [] });
  return server;
}

describe('the action delete_account', () => {
  it('deletes the account after a question, ends every session, and goes back to nobody', async () => {
    const server = await world();
    const { context, realm, user } = server;
    const elsewhere = redirectOf(await server.login(server.browser())).searchParams.get('session_state') ?? '';
    const browser = server.browser();
    const question = await browser.get(redirectOf(await server.login(browser, asked)).href);
    expect(question.body).toContain('name="delete"');
    expect(context.state.data.users).toHaveLength(1);
    const end = await browser.submit(question, { delete: '' });
    expect([end.statusCode, end.body.includes('Your account was deleted.')]).toEqual([200, true]);
    expect(context.state.data.users).toHaveLength(0);
    expect(await context.state.userSessions.get(realm, elsewhere, false)).toBeUndefined();
    expect(context.emitted.at(-1)).toMatchObject({ type: 'DELETE_ACCOUNT', userId: user.id });
    expect((await browser.submit(question, { delete: '' })).statusCode).not.toBe(200);
  });

  it('lets the user think again', async () => {
    const server = await world();
    const browser = server.browser();
    const question = await browser.get(redirectOf(await server.login(browser, asked)).href);
    const back = redirectOf(await browser.submit(question, { 'cancel-aia': 'true' }));
    expect(back.searchParams.get('kc_action_status')).toBe('cancelled');
    expect(server.context.state.data.users).toHaveLength(1);
  });

  it('wants a fresh login of whoever is signed in', async () => {
    const server = await world();
    const browser = server.browser();
    await server.login(browser);
    const page = await browser.get(server.authUrl(asked));
    expect([page.statusCode, page.body.includes('name="password"')]).toEqual([200, true]);
  });

  it('is refused without the role', async () => {
    const server = await world({ permitted: false });
    const browser = server.browser();
    const question = await browser.get(redirectOf(await server.login(browser, asked)).href);
    expect((await browser.submit(question, { delete: '' })).body).toContain('You may not delete your account.');
    expect(server.context.state.data.users).toHaveLength(1);
  });

  it('is not there where the realm has it switched off', async () => {
    const server = await world({ enabled: false });
    const back = redirectOf(await server.login(server.browser(), asked));
    expect(back.searchParams.get('kc_action_status')).toBe('error');
  });
});
