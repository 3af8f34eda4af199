import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { startTarget, type Target } from './support/target.ts';
import { until, walker } from './support/test-cluster.ts';

// Holds for the original too: KEYGRID_TEST_REFERENCE_URL=… npx vitest run --project clients test/event-details.client.test.ts

interface StoredEvent {
  readonly type: string;
  readonly clientId?: string;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly error?: string;
  readonly details?: Readonly<Record<string, string>>;
}

const method = { client_auth_method: 'client-secret' };
const app = { client_id: 'app', client_secret: 'app-secret' };
const id = expect.stringMatching(/./);
const scope = expect.stringContaining('email');
const login = {
  auth_method: 'openid-connect',
  auth_type: 'code',
  response_type: 'code',
  response_mode: 'query',
  redirect_uri: 'http://localhost/callback',
  consent: 'no_consent_required',
  code_id: id,
  username: 'user0',
};
const tokens = (type: string, prefix: string) => ({
  ...method,
  token_id: expect.stringMatching(new RegExp(`^${prefix}:`)),
  refresh_token_type: type,
  refresh_token_id: id,
  scope,
});
const types = ['LOGIN', 'CODE_TO_TOKEN', 'REFRESH_TOKEN', 'CLIENT_LOGIN', 'LOGOUT', 'REVOKE_GRANT', 'INTROSPECT_TOKEN'];

describe('what an event tells beside its type', () => {
  let target: Target;
  let seen = 0;
  const walk = (more: object = {}): LoginWalk => new LoginWalk({ ...walker(0), ...more });
  const post = async (path: string, form: Record<string, string>) => {
    const answer = await call(`${target.base}/realms/test/protocol/openid-connect/${path}`, { form });
    // Events are in the order of their times, which are milliseconds.
    const answeredAt = Date.now();
    while (Date.now() === answeredAt) await new Promise((resolve) => setImmediate(resolve));
    return answer;
  };

  /** The next events, in the order in which they came; each is written soon after its request. */
  const next = async (count: number): Promise<StoredEvent[]> => {
    let all: StoredEvent[] = [];
    await until('the events are stored', async () => {
      all = (await admin(target.base, await adminToken(target.base), 'GET', '/realms/test/events?max=100')) as StoredEvent[];
      return all.length >= seen + count;
    });
    const fresh = all.slice(0, all.length - seen).reverse();
    seen = all.length;
    return fresh;
  };

  beforeAll(async () => {
    target = await startTarget(1);
    const enabledEventTypes = types.flatMap((type) => [type, `${type}_ERROR`]);
    const token = await adminToken(target.base);
    await admin(target.base, token, 'PUT', '/realms/test/events/config', { eventsEnabled: true, enabledEventTypes });
  });
  afterAll(() => target?.stop());

  it('of a login with its code, a refresh and a logout', async () => {
    const browser = walk();
    const first = await browser.login(target.base);
    const second = await browser.refresh(target.base, first.refresh_token);
    await browser.logout(target.base, second.refresh_token);
    const events = await next(4);
    expect(events.map(({ type, details = {} }) => [type, details])).toEqual([
      ['LOGIN', login],
      ['CODE_TO_TOKEN', { ...tokens('Refresh', 'onrtac'), grant_type: 'authorization_code', code_id: id }],
      [
        'REFRESH_TOKEN',
        {
          ...tokens('Refresh', 'onrtrt'),
          grant_type: 'refresh_token',
          updated_refresh_token_id: id,
          access_token_expiration_time: '3600',
          age_of_refresh_token: expect.stringMatching(/^\d+$/),
          refresh_token_sub: id,
        },
      ],
      ['LOGOUT', method],
    ]);
    for (const { userId, sessionId, clientId } of events)
      expect({ userId, sessionId, clientId }).toEqual({ userId: id, sessionId: id, clientId: 'app' });
  });

  it('of grants without a browser, and of revoked tokens', async () => {
    const granted = await walk().passwordGrant(target.base);
    await walk().clientCredentials(target.base);
    await post('revoke', { ...app, token: granted.access_token });
    await post('revoke', { ...app, token: granted.refresh_token });
    const events = await next(4);
    expect(events.map(({ type, details = {} }) => [type, details])).toEqual([
      ['LOGIN', { ...tokens('Refresh', 'onrtro'), auth_method: 'openid-connect', grant_type: 'password', username: 'user0' }],
      [
        'CLIENT_LOGIN',
        {
          ...method,
          grant_type: 'client_credentials',
          token_id: expect.stringMatching(/^trrtcc:/),
          scope,
          username: 'service-account-app',
        },
      ],
      ['REVOKE_GRANT', { ...method, token_id: expect.stringMatching(/^onrtro:/) }],
      ['REVOKE_GRANT', { ...method, revoked_client: 'app', refresh_token_type: 'Refresh', refresh_token_id: id }],
    ]);
  });

  it('of requests that were refused: whose they were, and why', async () => {
    const form = { username: 'user0', password: 'wrong' };
    await post('token', { ...app, ...form, grant_type: 'password' });
    await post('token', { ...form, grant_type: 'password', client_id: 'nobody' });
    await post('token', { grant_type: 'refresh_token', client_id: 'app', client_secret: 'wrong', refresh_token: 'x' });
    await post('token', { ...app, grant_type: 'refresh_token', refresh_token: 'x' });
    await post('revoke', { client_id: 'app', client_secret: 'wrong', token: 'x' });
    await post('logout', { ...app, refresh_token: 'x' });
    const events = await next(6);
    const password = { grant_type: 'password' };
    expect(events.map(({ type, clientId, error, details = {} }) => [type, clientId, error, details])).toEqual([
      ['LOGIN_ERROR', 'app', 'invalid_user_credentials', { ...method, ...password, auth_method: 'openid-connect', username: 'user0' }],
      ['LOGIN_ERROR', 'nobody', 'client_not_found', password],
      ['REFRESH_TOKEN_ERROR', 'app', 'invalid_client_credentials', { grant_type: 'refresh_token' }],
      ['REFRESH_TOKEN_ERROR', 'app', 'invalid_token', { ...method, grant_type: 'refresh_token', reason: 'Invalid refresh token' }],
      ['REVOKE_GRANT_ERROR', 'app', 'invalid_client_credentials', {}],
      ['LOGOUT_ERROR', 'app', 'invalid_token', { ...method, reason: 'Invalid refresh token' }],
    ]);
  });

  it('of codes that were spent or never were, with the session that they name', async () => {
    const browser = walk();
    await browser.login(target.base);
    await next(2);
    const code = { ...method, grant_type: 'authorization_code' };
    await browser.exchangeCode(target.base);
    await post('token', { ...app, grant_type: 'authorization_code', code: 'a.session.b' });
    await post('token', { ...app, grant_type: 'authorization_code', code: 'nothing' });
    await post('token', { ...app, grant_type: 'authorization_code' });
    const events = await next(4);
    expect(events.map(({ type, error, sessionId, details = {} }) => [type, error, sessionId, details])).toEqual([
      ['CODE_TO_TOKEN_ERROR', 'invalid_code', id, { ...code, code_id: id }],
      ['CODE_TO_TOKEN_ERROR', 'invalid_code', 'session', { ...code, code_id: 'session' }],
      ['CODE_TO_TOKEN_ERROR', 'invalid_code', undefined, code],
      ['CODE_TO_TOKEN_ERROR', 'invalid_code', undefined, { ...code, reason: 'Missing parameter: code' }],
    ]);
    expect(events[0]?.details?.['code_id']).toBe(events[0]?.sessionId);
  });

  it('of questions about tokens: which token it was, or why nothing was told', async () => {
    const browser = walk();
    const tokens = await browser.login(target.base);
    await next(2);
    const ask = (token: string, more: Record<string, string> = {}) => post('token/introspect', { ...app, token, ...more });
    await ask(tokens.access_token);
    await ask(tokens.refresh_token, { token_type_hint: 'refresh_token' });
    await ask('nothing');
    await ask('');
    await ask('nothing', { client_id: 'nobody' });
    await browser.logout(target.base, tokens.refresh_token);
    await ask(tokens.access_token);
    const events = await next(7);
    const about = (token_type: string) => ({ ...method, token_issued_for: 'app', token_id: id, token_type });
    const gone = 'Introspection access token for app client: user_session_not_found';
    expect(events.map(({ type, clientId, error, details = {} }) => [type, clientId, error, details])).toEqual([
      ['INTROSPECT_TOKEN', 'app', undefined, about('Bearer')],
      ['INTROSPECT_TOKEN', 'app', undefined, about('Refresh')],
      ['INTROSPECT_TOKEN_ERROR', 'app', 'invalid_token', { ...method, reason: 'Access token JWT check failed' }],
      ['INTROSPECT_TOKEN_ERROR', 'app', 'invalid_request', { ...method, detail: 'Token not provided.' }],
      ['INTROSPECT_TOKEN_ERROR', 'nobody', 'client_not_found', {}],
      ['LOGOUT', 'app', undefined, method],
      ['INTROSPECT_TOKEN_ERROR', 'app', 'user_session_not_found', { ...about('Bearer'), reason: gone }],
    ]);
  });

  it('of a session that a limit ended to make room: a logout, and nothing of its removal', async () => {
    const token = await adminToken(target.base);
    const manage = (verb: string, path: string, body?: unknown) =>
      admin(target.base, token, verb, `/realms/test/authentication/${path}`, body);
    await manage('POST', 'flows/direct%20grant/copy', { newName: 'limited' });
    await manage('POST', 'flows/limited/executions/execution', { provider: 'user-session-limits' });
    const executions = (await manage('GET', 'flows/limited/executions')) as { id: string; providerId?: string }[];
    const limit = executions.find(({ providerId }) => providerId === 'user-session-limits');
    await manage('PUT', 'flows/limited/executions', { ...limit, requirement: 'REQUIRED' });
    const config = { userRealmLimit: '1', userClientLimit: '0', behavior: 'Terminate oldest session' };
    await manage('POST', `executions/${limit?.id}/config`, { alias: 'one', config });
    await admin(target.base, token, 'PUT', '/realms/test', { directGrantFlow: 'limited' });
    const other = walk({ username: 'user1', password: 'password1' });
    await other.passwordGrant(target.base);
    await other.passwordGrant(target.base);
    const [first, ended, second] = await next(3);
    expect([first?.type, ended?.type, second?.type]).toEqual(['LOGIN', 'LOGOUT', 'LOGIN']);
    expect(ended?.details).toEqual({ ...method, auth_method: 'openid-connect', grant_type: 'password', username: 'user1' });
  });
});
