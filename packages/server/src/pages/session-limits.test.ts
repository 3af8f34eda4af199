import { describe, expect, it } from 'vitest';
import type { Realm } from '../model/index.ts';
import { defaultAuthentication } from '../realm/default-flows.ts';
import { withConfig, withExecution } from '../realm/flow-editing.ts';
import { flowByAlias } from '../realm/realm-authentication.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { loginServer } from '../testing/login-server.ts';
import { redirectOf } from '../testing/test-browser.ts';

const OTHER = { client_id: 'other', redirect_uri: 'https://other.example/cb' };

/** A realm whose login forms and password grant end with the limiter. */
function limited(config: Readonly<Record<string, string>>): Partial<Realm> {
  const { id } = realmFixture();
  let authentication = withConfig(defaultAuthentication(id), { id: 'c', alias: 'limits', config });
  for (const alias of ['forms', 'direct grant']) {
    const flow = flowByAlias(authentication, alias);
    if (flow === undefined) throw new Error(`no flow ${alias}`);
    const step = {
      id: `limits of ${alias}`,
      requirement: 'REQUIRED',
      priority: 99,
      authenticator: 'user-session-limits',
      configId: 'c',
    } as const;
    authentication = withExecution(authentication, flow, step);
  }
  return { id, authentication };
}

async function open(config: Readonly<Record<string, string>>) {
  const server = await loginServer({ realm: limited(config), client: { directAccessGrantsEnabled: true } });
  const sessions = async () => {
    const listed = await server.context.state.userSessions.ofUser(server.realm, server.user.id, false);
    return listed.map(({ session }) => session.id);
  };
  const login = async (parameters?: Readonly<Record<string, string>>) => server.login(server.browser(), parameters);
  return { server, sessions, login };
}

describe('a limit of sessions', () => {
  it('of the realm refuses one more, with a page and an event, and counts as no failed password', async () => {
    const { server, sessions, login } = await open({ userRealmLimit: '2', userClientLimit: '0', behavior: 'Deny new session' });
    expect([(await login()).statusCode, (await login(OTHER)).statusCode]).toEqual([302, 302]);
    const refused = await login();
    expect([refused.statusCode, refused.body.includes('There are too many sessions')]).toEqual([403, true]);
    expect(await sessions()).toHaveLength(2);
    expect(server.context.emitted.at(-1)).toMatchObject({ type: 'LOGIN_ERROR', error: 'generic_authentication_error' });
  });

  it('ends the session that was used longest ago where the realm wants that', async () => {
    const { server, sessions, login } = await open({ userRealmLimit: '2', behavior: 'Terminate oldest session' });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.push(redirectOf(await login()).searchParams.get('session_state') ?? '');
      server.context.clock.advanceSeconds(10);
    }
    expect((await sessions()).sort()).toEqual(ids.slice(1).sort());
  });

  it('of the client counts the sessions that the client is in, and single sign-on is no new session', async () => {
    const { server, login } = await open({ userClientLimit: '1', behavior: 'Deny new session', errorMessage: 'One is enough.' });
    const browser = server.browser();
    expect((await server.login(browser)).statusCode).toBe(302);
    expect((await login(OTHER)).statusCode).toBe(302);
    expect(redirectOf(await browser.get(server.authUrl(OTHER))).searchParams.has('code')).toBe(true);
    const refused = await login();
    expect([refused.statusCode, refused.body.includes('One is enough.')]).toEqual([403, true]);
  });

  it('lets somebody prove his session again', async () => {
    const { server } = await open({ userRealmLimit: '1', behavior: 'Deny new session' });
    const browser = server.browser();
    await server.login(browser);
    const page = await browser.get(server.authUrl({ prompt: 'login' }));
    expect(redirectOf(await browser.submit(page, { password: 'secret' })).searchParams.has('code')).toBe(true);
  });

  it('is never passed by logins that race, in the browser or by the password grant', async () => {
    const { server, sessions, login } = await open({ userRealmLimit: '1', behavior: 'Deny new session' });
    const answers = await Promise.all([login(), login(), login()]);
    expect(answers.map(({ statusCode }) => statusCode).every((status) => status === 302 || status === 403)).toBe(true);
    expect((await sessions()).length).toBeLessThanOrEqual(1);
    // Who was let in and put out again because others were faster is no login in the events either.
    const logins = server.context.emitted.filter(({ type }) => type === 'LOGIN');
    expect(logins).toHaveLength(answers.filter(({ statusCode }) => statusCode === 302).length);
    await server.context.state.userSessions.removeOfUser(server.realm, server.user.id);
    const form = { grant_type: 'password', client_id: 'app', username: 'alice', password: 'secret' };
    await Promise.all(Array.from({ length: 4 }, () => server.browser().post('/realms/test/protocol/openid-connect/token', form)));
    expect((await sessions()).length).toBeLessThanOrEqual(1);
  });

  it('holds for the password grant', async () => {
    const { server } = await open({ userRealmLimit: '1', behavior: 'Deny new session' });
    const form = { grant_type: 'password', client_id: 'app', username: 'alice', password: 'secret' };
    const grant = () => server.browser().post('/realms/test/protocol/openid-connect/token', form);
    expect((await grant()).statusCode).toBe(200);
    const refused = await grant();
    expect([refused.statusCode, refused.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'There are too many sessions' },
    ]);
  });
});

it('nobody gets in by a flow that ends without having asked anybody', async () => {
  const { id } = realmFixture();
  const authentication = defaultAuthentication(id);
  const flow = flowByAlias(authentication, 'forms');
  if (flow === undefined) throw new Error('no forms');
  const step = { id: 'key', requirement: 'REQUIRED', priority: 99, authenticator: 'webauthn-authenticator' } as const;
  const server = await loginServer({ realm: { id, authentication: withExecution(authentication, flow, step) } });
  const answer = await server.login(server.browser());
  expect([answer.statusCode, answer.headers.location]).toEqual([403, undefined]);
});
