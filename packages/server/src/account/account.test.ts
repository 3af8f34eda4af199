import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { defaultClientScopes } from '../realm/default-client-scopes.ts';
import { clientFixture, roleFixture } from '../testing/fixtures.ts';
import { loginServer } from '../testing/login-server.ts';
import { proof, proofKey } from '../testing/proofs.ts';
import { postForm } from '../testing/protocol-forms.ts';
import { testApp } from '../testing/server-context.ts';
import { redirectOf } from '../testing/test-browser.ts';
import { tokensOfSession } from '../testing/tokens-of-session.ts';
import { registerAccount } from './index.ts';

interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** Alice, logged in, with tokens of `app` that may do with the account what `roles` say. */
/** The account console says of every change that it is JSON, also where it sends nothing. */
const asJson = (method: string) => (method === 'DELETE' ? { 'content-type': 'application/json' } : {});

async function open(roles: readonly string[] = ['manage-account']) {
  const server = await loginServer({
    client: { name: 'The app', baseUrl: '/home', rootUrl: 'https://app.example', fullScopeAllowed: true },
  });
  const { realm, user, context } = server;
  const { data } = context.state;
  const account = clientFixture(realm, { clientId: 'account', id: 'account-uuid' });
  data.clients.push(account);
  data.clientScopes.push(...defaultClientScopes(realm.id).filter(({ name }) => name === 'roles'));
  const held = roles.map((name) => roleFixture(realm, name, { clientId: account.id }));
  data.roles.push(...held);
  data.grants.set(user.id, { roleIds: held.map(({ id }) => id), groupIds: [] });
  const app: FastifyInstance = await testApp((instance) => registerAccount(instance, context));
  const sessionId = redirectOf(await server.login(server.browser())).searchParams.get('session_state') ?? '';
  const issued = await tokensOfSession(server, sessionId, false);
  const call = async (method: 'GET' | 'DELETE', path: string, token: string | undefined = issued.access_token): Promise<Answer> => {
    const headers = { host: 'login.test', ...(token === undefined ? {} : { authorization: `Bearer ${token}`, ...asJson(method) }) };
    const answer = await app.inject({ method, url: `/realms/test/account${path}`, headers });
    return { status: answer.statusCode, json: answer.body === '' ? undefined : answer.json() };
  };
  return { server, app, call, sessionId };
}

describe('a token that is bound to a key (RFC 9449 section 7)', () => {
  const SESSIONS = '/realms/test/account/sessions';

  async function bound(attributes: Record<string, string> = {}) {
    const { server, app } = await open();
    const { data } = server.context.state;
    const key = await proofKey();
    const nowSeconds = server.context.clock.nowSeconds();
    const form = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };
    const tokens = await postForm(server, 'protocol/openid-connect/token', form, { dpop: await proof(key, { nowSeconds }) });
    const accessToken: string = tokens.json().access_token;
    data.clients[0] = { ...server.client, attributes };
    const parts = { method: 'GET', url: `http://login.test${SESSIONS}`, accessToken, nowSeconds };
    const show = (authorization: string, dpop?: string) =>
      app.inject({ url: SESSIONS, headers: { host: 'login.test', authorization, ...(dpop === undefined ? {} : { dpop }) } });
    return { key, accessToken, parts, show };
  }

  it('is good with its proof', async () => {
    const { key, accessToken, parts, show } = await bound();
    expect((await show(`DPoP ${accessToken}`, await proof(key, parts))).statusCode).toBe(200);
  });

  it.each<[string, (world: Awaited<ReturnType<typeof bound>>) => Promise<[string, string?]>]>([
    ['as a bearer token', async ({ accessToken }) => [`Bearer ${accessToken}`]],
    ['without a proof', async ({ accessToken }) => [`DPoP ${accessToken}`]],
    ['with a proof of another key', async ({ accessToken, parts }) => [`DPoP ${accessToken}`, await proof(await proofKey(), parts)]],
    [
      'with a proof for another address',
      async ({ accessToken, key, parts }) => [`DPoP ${accessToken}`, await proof(key, { ...parts, url: `${parts.url}/devices` })],
    ],
  ])('is refused %s', async (_fault, present) => {
    const world = await bound();
    const [authorization, text] = await present(world);
    const answer = await world.show(authorization, text);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual({ error: 'HTTP 401 Unauthorized' });
    const challenge = answer.headers['www-authenticate'];
    expect(challenge === undefined).toBe(authorization.startsWith('Bearer'));
    if (challenge !== undefined) expect(challenge).toMatch(/^DPoP algs="[^"]*ES256[^"]*", realm="test", error="invalid_token"/);
  });

  it('is used once with each proof', async () => {
    const { key, accessToken, parts, show } = await bound();
    const text = await proof(key, parts);
    expect((await show(`DPoP ${accessToken}`, text)).statusCode).toBe(200);
    expect((await show(`DPoP ${accessToken}`, text)).statusCode).toBe(401);
  });

  it('gets the nonce that its client must name', async () => {
    const { key, accessToken, parts, show } = await bound({ 'dpop.nonce.required': 'true' });
    const answer = await show(`DPoP ${accessToken}`, await proof(key, parts));
    expect(answer.headers['www-authenticate']).toContain('error="use_dpop_nonce"');
    const nonce = String(answer.headers['dpop-nonce']);
    expect((await show(`DPoP ${accessToken}`, await proof(key, { ...parts, claims: { nonce } }))).statusCode).toBe(200);
  });
});

describe('a person', () => {
  it('sees the sessions and ends one, or all but the one in use', async () => {
    const { server, call, sessionId } = await open();
    const second = redirectOf(await server.login(server.browser())).searchParams.get('session_state') ?? '';
    await server.login(server.browser());
    const listed = (await call('GET', '/sessions')).json as { id: string; current?: boolean }[];
    expect(listed).toHaveLength(3);
    expect(listed.find(({ current }) => current)?.id).toBe(sessionId);
    expect((await call('DELETE', `/sessions/${second}`)).status).toBe(204);
    expect(((await call('GET', '/sessions')).json as unknown[]).length).toBe(2);
    await call('DELETE', '/sessions');
    expect(((await call('GET', '/sessions')).json as { id: string }[]).map(({ id }) => id)).toEqual([sessionId]);
    await call('DELETE', '/sessions?current=true');
    expect((await call('GET', '/sessions')).status).toBe(401);
  });

  it('cannot end the session of somebody else', async () => {
    const { server, call } = await open();
    const { data } = server.context.state;
    data.users.push({ ...server.user, id: 'bob', username: 'bob', email: 'bob@example.org' });
    server.context.passwordsOf.set('bob', 'secret');
    const browser = server.browser();
    const page = await browser.get(server.authUrl());
    const other = redirectOf(await browser.submit(page, { username: 'bob', password: 'secret' })).searchParams.get('session_state') ?? '';
    expect((await call('DELETE', `/sessions/${other}`)).status).toBe(204);
    expect(await server.context.state.userSessions.get(server.realm, other, false)).toBeDefined();
  });

  it('sees the applications in use and takes an offline token back', async () => {
    const { server, call } = await open();
    const { realm, client, user, context } = server;
    const online = await context.state.userSessions.ofUser(realm, user.id, false);
    const [held] = online;
    if (held === undefined) throw new Error('no session');
    const offline = { ...held.session, offline: true };
    const own = held.clients[0];
    if (own === undefined) throw new Error('no client');
    await context.state.userSessions.create(realm, offline, { ...own, offline: true });
    expect((await call('GET', '/applications')).json).toEqual([
      {
        clientId: 'app',
        clientName: 'The app',
        userConsentRequired: false,
        rootUrl: 'https://app.example',
        baseUrl: '/home',
        effectiveUrl: 'https://app.example/home',
        inUse: true,
        offlineAccess: true,
      },
    ]);
    expect(await call('GET', '/applications/app/consent')).toEqual({ status: 204, json: undefined });
    expect((await call('DELETE', '/applications/app/consent')).status).toBe(204);
    expect(await context.state.userSessions.get(realm, offline.id, true)).toBeUndefined();
    expect(context.emitted.at(-1)).toMatchObject({ type: 'REVOKE_GRANT', details: { revoked_client: client.clientId } });
  });

  it('is told where there is no such application', async () => {
    const { call } = await open();
    expect(await call('DELETE', '/applications/nobody/consent')).toEqual({
      status: 404,
      json: { errorMessage: 'No client with clientId: nobody found.' },
    });
  });

  it('needs a token for the account with a role for what is asked', async () => {
    expect((await (await open()).call('GET', '/sessions', 'nonsense')).status).toBe(401);
    const viewer = await open(['view-profile']);
    expect((await viewer.call('GET', '/sessions')).status).toBe(200);
    for (const [method, path] of [
      ['DELETE', '/sessions'],
      ['GET', '/applications'],
      ['DELETE', '/applications/app/consent'],
    ] as const) {
      expect([path, (await viewer.call(method, path)).status]).toEqual([path, 403]);
    }
    expect((await (await open([])).call('GET', '/sessions')).status).toBe(401);
  });
});
