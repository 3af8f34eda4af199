import { describe, expect, it } from 'vitest';
import { type ProofKey, proof, proofKey } from '../../testing/proofs.ts';
import { ALICE, API, APP, peek, type TokenWorld, tokenWorld } from '../../testing/token-world.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TYPE = 'urn:ietf:params:oauth:token-type:';
const ON = { 'standard.token.exchange.enabled': 'true' };

type Form = Record<string, string>;

/** The application `app` is logged in to; the service `api`, to which its token is sent, may exchange it. */
async function world(attributes: Form = ON) {
  const opened = await tokenWorld();
  const { context, api } = opened;
  const { data } = context.state;
  const at = data.clients.findIndex(({ id }) => id === api.id);
  data.clients[at] = { ...api, attributes: { ...api.attributes, ...attributes } };
  const login = async (client: Form = APP, more: Form = {}) =>
    (await opened.token({ grant_type: 'password', ...client, ...ALICE, scope: 'openid', ...more })).json;
  const subject = (await login()).access_token;
  const exchange = (form: Form | [string, string][] = {}, client: Form = API) => {
    const usual = { grant_type: GRANT, ...client, subject_token: subject, subject_token_type: `${TYPE}access_token` };
    const list = Array.isArray(form) ? [...Object.entries(usual), ...form] : Object.entries({ ...usual, ...form });
    return opened.post('protocol/openid-connect/token', new URLSearchParams(list).toString());
  };
  return { ...opened, login, subject, exchange };
}

const refusal = ({ status, json }: Awaited<ReturnType<TokenWorld['token']>>) => [status, json.error, json.error_description];

describe('RFC 8693 section 2: a service exchanges the access token that it was sent', () => {
  it('for one of its own, in the same session and for the same user', async () => {
    const { exchange, subject, user, context } = await world();
    const { status, json } = await exchange();
    expect([status, json]).toEqual([
      200,
      {
        access_token: expect.any(String),
        expires_in: expect.any(Number),
        refresh_expires_in: 0,
        token_type: 'Bearer',
        'not-before-policy': 0,
        session_state: peek(subject).claims['sid'],
        scope: expect.any(String),
        issued_token_type: `${TYPE}access_token`,
      },
    ]);
    const { claims } = peek(json.access_token);
    expect(claims).toMatchObject({ azp: 'api', sub: user.id, sid: peek(subject).claims['sid'], jti: expect.stringMatching(/^ntrtte:/) });
    expect(context.emitted.at(-1)).toMatchObject({
      type: 'TOKEN_EXCHANGE',
      clientId: 'api',
      userId: user.id,
      details: { auth_method: 'token_exchange', subject_token_client_id: 'app', requested_token_type: `${TYPE}access_token` },
    });
  });

  it('that is good as long as the session is', async () => {
    const { exchange, get, subject, context, realm } = await world();
    const { json } = await exchange({ scope: 'openid' });
    const asked = () => get('protocol/openid-connect/userinfo', { authorization: `Bearer ${json.access_token}` });
    expect((await asked()).status).toBe(200);
    expect(peek(json.id_token).claims).toMatchObject({ aud: 'api', typ: 'ID' });
    await context.state.userSessions.remove(realm, String(peek(subject).claims['sid']), false);
    expect((await asked()).status).toBe(401);
    expect(refusal(await exchange())).toEqual([400, 'invalid_request', 'Invalid token']);
  });

  it('for fewer services: it names them alone, with their roles alone', async () => {
    const { exchange } = await world();
    const claims = peek((await exchange({ audience: 'app' })).json.access_token).claims;
    expect([claims['aud'], claims['realm_access'], claims['resource_access']]).toEqual(['app', undefined, { app: { roles: ['reader'] } }]);
    // Twice the same is once; two are two.
    const twice = await exchange([
      ['audience', 'app'],
      ['audience', 'app'],
    ]);
    expect(peek(twice.json.access_token).claims['aud']).toBe('app');
    const both = [
      ['audience', 'app'],
      ['audience', 'pub'],
    ] as [string, string][];
    expect(refusal(await exchange(both))).toEqual([400, 'invalid_request', 'Requested audience not available: pub']);
  });

  it('for an id token, which is no access token', async () => {
    const { exchange } = await world();
    const { json } = await exchange({ requested_token_type: `${TYPE}id_token` });
    expect(json).toMatchObject({ token_type: 'N_A', issued_token_type: `${TYPE}id_token` });
    expect([json.id_token, peek(json.access_token).claims]).toEqual([undefined, expect.objectContaining({ typ: 'ID', aud: 'api' })]);
  });

  it('for a refresh token in the same session, where its client allows it', async () => {
    const closed = await world();
    const form = { requested_token_type: `${TYPE}refresh_token` };
    expect(refusal(await closed.exchange(form))).toEqual([400, 'invalid_request', 'requested_token_type unsupported']);
    const { exchange, token, subject } = await world({
      ...ON,
      'standard.token.exchange.enableRefreshRequestedTokenType': 'SAME_SESSION',
    });
    const { json } = await exchange(form);
    expect(json).toMatchObject({ issued_token_type: `${TYPE}refresh_token` });
    expect(peek(json.access_token).claims.jti).toMatch(/^onrtte:/);
    const refreshed = (await token({ grant_type: 'refresh_token', ...API, refresh_token: json.refresh_token })).json;
    expect(peek(refreshed.access_token).claims['sid']).toBe(peek(subject).claims['sid']);
  });
});

describe('RFC 8693 section 2.2.2: an exchange is refused', () => {
  it.each<[string, Form, number, string, string]>([
    ['without a token', { subject_token: '' }, 400, 'invalid_request', "Parameter 'subject_token' required for standard token exchange"],
    [
      'without its type',
      { subject_token_type: '' },
      400,
      'invalid_request',
      "Parameter 'subject_token_type' required for standard token exchange",
    ],
    [
      'with an id token',
      { subject_token_type: `${TYPE}id_token` },
      400,
      'invalid_request',
      "Parameter 'subject_token' supports access tokens only",
    ],
    ['with nonsense', { subject_token: 'a.b.c' }, 400, 'invalid_request', 'Invalid token'],
    ['for a type that is not issued', { requested_token_type: `${TYPE}saml2` }, 400, 'invalid_request', 'requested_token_type unsupported'],
    ['for a service that is not there', { audience: 'nobody' }, 400, 'invalid_client', 'Audience not found'],
    ['for a service that its tokens are not for', { audience: 'pub' }, 400, 'invalid_request', 'Requested audience not available: pub'],
    ['for a scope that is not its own', { scope: 'nope' }, 400, 'invalid_scope', 'Invalid scopes: nope'],
    ['for an offline session', { scope: 'offline_access' }, 400, 'invalid_request', 'Scope offline_access not allowed for token exchange'],
    [
      'for another user',
      { requested_subject: 'bob' },
      400,
      'invalid_request',
      "Parameter 'requested_subject' is not supported for standard token exchange",
    ],
    [
      'with a provider',
      { requested_issuer: 'up' },
      400,
      'invalid_request',
      "Parameter 'requested_issuer' is not supported for standard token exchange",
    ],
    [
      'of a provider',
      { subject_issuer: 'up' },
      400,
      'invalid_request',
      "Parameter 'subject_issuer' is not supported for standard token exchange",
    ],
  ])('%s', async (_why, form, ...expected) => {
    const { exchange } = await world();
    expect(refusal(await exchange(form))).toEqual(expected);
  });

  it('to clients that are not meant to, or cannot prove themselves', async () => {
    const { exchange } = await world({});
    expect(refusal(await exchange())).toEqual([400, 'invalid_request', 'Standard token exchange is not enabled for the requested client']);
    expect(refusal(await exchange({}, { client_id: 'pub' }))).toEqual([
      400,
      'invalid_client',
      'Public client is not allowed to exchange token',
    ]);
    expect((await exchange({}, { ...API, client_secret: 'wrong' })).status).toBe(401);
  });

  it('with a token that was not sent to the client, and with other kinds of tokens', async () => {
    const { exchange, login, context, client, api } = await world();
    const { data } = context.state;
    const both = await login();
    for (const token of [both.refresh_token, both.id_token])
      expect((await exchange({ subject_token: token })).json.error).toBe('invalid_request');
    // A token of the client itself was not sent by anybody.
    expect((await exchange({ subject_token: (await login(API)).access_token })).status).toBe(200);
    const at = data.clients.findIndex(({ id }) => id === client.id);
    data.clients[at] = { ...client, fullScopeAllowed: false };
    const narrow = (await login()).access_token;
    expect([peek(narrow).claims['aud'] ?? []].flat()).not.toContain(api.clientId);
    expect(refusal(await exchange({ subject_token: narrow }))).toEqual([403, 'access_denied', 'Client is not within the token audience']);
  });
});

describe('RFC 8693 with RFC 9449 section 5: a token that is bound to a key', () => {
  const url = 'http://localhost/realms/test/protocol/openid-connect/token';

  /** The application is logged in with a token of its key, and the service tries to exchange that with some proof. */
  async function bound() {
    const { post, context, ...rest } = await world();
    const key = await proofKey();
    const shown = async (by: ProofKey, claims = {}) => ({ dpop: await proof(by, { url, nowSeconds: context.clock.nowSeconds(), claims }) });
    const send = (form: Form, headers: Record<string, string>) => post('protocol/openid-connect/token', form, headers);
    const subject = (await send({ grant_type: 'password', ...APP, ...ALICE }, await shown(key))).json.access_token;
    const exchange = (headers: Record<string, string> = {}, token = subject) =>
      send({ grant_type: GRANT, ...API, subject_token: token, subject_token_type: `${TYPE}access_token` }, headers);
    return { ...rest, key, shown, subject, exchange };
  }

  it('is exchanged with a proof of the key, for one that is bound to it as well', async () => {
    const { exchange, key, shown, subject } = await bound();
    expect(peek(subject).claims['cnf']).toMatchObject({ jkt: key.thumbprint });
    const { status, json } = await exchange(await shown(key));
    expect([status, json]).toEqual([200, expect.objectContaining({ token_type: 'DPoP' })]);
    expect(peek(json.access_token).claims['cnf']).toMatchObject({ jkt: key.thumbprint });
  });

  it('is nothing in the hands of whom only the token came to', async () => {
    const { exchange, shown } = await bound();
    for (const headers of [{}, await shown(await proofKey())])
      expect(refusal(await exchange(headers))).toEqual([400, 'invalid_request', 'Invalid token']);
  });

  it.each([
    ['for another method', { htm: 'GET' }],
    ['for another address', { htu: `${url}/x` }],
    ['of yesterday', { iat: 1_700_000_000 }],
    ['without an identifier', { jti: undefined }],
  ])('is not exchanged with a proof %s', async (_fault, claims) => {
    const { exchange, key, shown } = await bound();
    const { status, json } = await exchange(await shown(key, claims));
    expect([status, json.error, json.access_token]).toEqual([400, 'invalid_dpop_proof', undefined]);
  });

  it('is not exchanged twice with one proof', async () => {
    const { exchange, key, shown } = await bound();
    const headers = await shown(key);
    expect((await exchange(headers)).status).toBe(200);
    expect(refusal(await exchange(headers))).toEqual([400, 'invalid_dpop_proof', 'DPoP proof has already been used']);
  });

  it('and one that is bound to none becomes bound to the key of who exchanges it', async () => {
    const { exchange, shown, login } = await bound();
    const own = await proofKey();
    const { json } = await exchange(await shown(own), (await login()).access_token);
    expect(peek(json.access_token).claims['cnf']).toMatchObject({ jkt: own.thumbprint });
  });
});
