import { describe, expect, it } from 'vitest';
import { type LoginServer, loginServer } from '../../testing/login-server.ts';
import { postForm } from '../../testing/protocol-forms.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const HOST = 'http://login.test';
const ISSUER = `${HOST}/realms/test`;
/** The issuer with the suffix of section 4.1. */
const PATH = `${ISSUER.slice(HOST.length)}/.well-known/openid-configuration`;
const TOKEN = 'protocol/openid-connect/token';
const headers = { host: 'login.test' };
const open = () => loginServer({ client: { implicitFlowEnabled: true } });

type Document = Readonly<Record<string, unknown>> & {
  readonly [name in
    | 'response_types_supported'
    | 'response_modes_supported'
    | 'grant_types_supported'
    | 'scopes_supported'
    | 'code_challenge_methods_supported'
    | 'id_token_signing_alg_values_supported']: readonly string[];
};

const documentOf = async ({ app }: LoginServer) => (await app.inject({ url: PATH, headers })).json<Document>();

/** What an authorization request is told at once: the error, or nothing where it is let through to the login. */
async function errorOf(server: LoginServer, parameters: Readonly<Record<string, string>>): Promise<string | undefined> {
  const answer = await server.browser().get(server.authUrl({ nonce: 'n', ...parameters }));
  if (answer.statusCode === 200 && answer.body.includes('name="password"')) return undefined;
  if (answer.headers.location === undefined) return /name="error" value="(\w+)"/i.exec(answer.body)?.[1] ?? `page ${answer.statusCode}`;
  const { searchParams, hash } = redirectOf(answer);
  return searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error') ?? 'an answer';
}

describe('OpenID Connect Discovery section 4: the document of a realm', () => {
  it('is JSON below the issuer, whom it names to the letter (4.1, 4.2, 4.3)', async () => {
    const server = await open();
    const answer = await server.app.inject({ url: PATH, headers });
    expect([answer.statusCode, answer.headers['content-type'], answer.json()['issuer']]).toEqual([200, 'application/json', ISSUER]);
    const form = { grant_type: 'password', client_id: 'app', username: 'alice', password: 'secret', scope: 'openid' };
    const { id_token: idToken } = (await postForm(server, TOKEN, form)).json<{ id_token: string }>();
    const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as { iss: string };
    expect(claims.iss).toBe(ISSUER);
  });

  it('has what section 3 requires, and no list without an element (4.2)', async () => {
    const document = await documentOf(await open());
    for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'])
      expect(document[name], name).toMatch(new RegExp(`^${ISSUER}(/|$)`));
    for (const name of ['response_types_supported', 'subject_types_supported', 'id_token_signing_alg_values_supported'])
      expect(document[name], name).toEqual(expect.arrayContaining([expect.any(String)]));
    expect(document.response_types_supported).toEqual(expect.arrayContaining(['code', 'id_token', 'id_token token']));
    expect(document.scopes_supported).toContain('openid');
    expect(document.id_token_signing_alg_values_supported).toContain('RS256');
    expect(document.id_token_signing_alg_values_supported).not.toContain('none');
    for (const [name, value] of Object.entries(document)) {
      expect(value, name).not.toBeNull();
      if (!Array.isArray(value)) continue;
      expect(value, name).not.toEqual([]);
      expect([...new Set(value)], name).toEqual(value);
    }
  });

  it('names addresses at which somebody answers', async () => {
    const server = await open();
    // Registration needs a database: an independent client finds it by the document in test/client-registration.client.test.ts.
    const addresses = Object.entries(await documentOf(server)).filter(
      ([name]) => /_endpoint$|^jwks_uri$|^check_session_iframe$/.test(name) && name !== 'registration_endpoint',
    );
    expect(addresses.length).toBeGreaterThan(8);
    for (const [name, address] of addresses) {
      const url = String(address).slice(HOST.length);
      const answers = await Promise.all((['GET', 'POST'] as const).map((method) => server.app.inject({ method, url, headers })));
      expect(
        answers.map(({ statusCode }) => statusCode).every((status) => status !== 404 && status < 500),
        name,
      ).toBe(true);
      expect(
        answers.some(({ statusCode }) => statusCode !== 405),
        name,
      ).toBe(true);
    }
  });

  it('names response types, carriers, scopes and challenges that are taken', async () => {
    const server = await open();
    const document = await documentOf(server);
    for (const type of document.response_types_supported)
      expect([type, await errorOf(server, { response_type: type })]).toEqual([type, undefined]);
    for (const mode of document.response_modes_supported)
      expect([mode, await errorOf(server, { response_mode: mode })]).toEqual([mode, undefined]);
    for (const method of document.code_challenge_methods_supported) {
      const parameters = { code_challenge: 'v'.repeat(43), code_challenge_method: method };
      expect([method, await errorOf(server, parameters)]).toEqual([method, undefined]);
    }
    for (const grant of document.grant_types_supported.filter((one) => one !== 'implicit')) {
      const answer = await postForm(server, TOKEN, { grant_type: grant, client_id: 'app' });
      expect([grant, answer.json()['error']]).not.toEqual([grant, 'unsupported_grant_type']);
    }
  });
});

describe('OpenID Connect Discovery section 4: what the document does not name is refused', () => {
  it.each([
    ['response_types_supported', 'response_type', 'code magic', 'unsupported_response_type'],
    ['response_types_supported', 'response_type', 'device_code', 'unsupported_response_type'],
    ['response_modes_supported', 'response_mode', 'header', 'invalid_request'],
    ['response_modes_supported', 'response_mode', 'web_message', 'invalid_request'],
    ['scopes_supported', 'scope', 'openid nonsense', 'invalid_scope'],
  ] as const)('%s without %s=%s', async (list, parameter, value, error) => {
    const server = await open();
    expect((await documentOf(server))[list]).not.toContain(parameter === 'scope' ? 'nonsense' : value);
    expect(await errorOf(server, { [parameter]: value })).toBe(error);
  });

  it('a challenge method', async () => {
    const server = await open();
    expect((await documentOf(server)).code_challenge_methods_supported).not.toContain('S512');
    expect(await errorOf(server, { code_challenge: 'v'.repeat(43), code_challenge_method: 'S512' })).toBe('invalid_request');
  });

  it.each(['urn:ietf:params:oauth:grant-type:jwt-bearer', 'urn:openid:params:grant-type:ciba', 'implicit', 'magic'])(
    'the grant type %s at the token endpoint',
    async (grant) => {
      const server = await open();
      if (grant !== 'implicit') expect((await documentOf(server)).grant_types_supported).not.toContain(grant);
      const answer = await postForm(server, TOKEN, { grant_type: grant, client_id: 'app' });
      expect([answer.statusCode, answer.json()['error']]).toEqual([400, 'unsupported_grant_type']);
    },
  );

  it('endpoints of features that are not there', async () => {
    const document = await documentOf(await open());
    expect(document).not.toHaveProperty('backchannel_authentication_endpoint');
  });
});

describe('OpenID Connect Discovery section 4.1: there is one address for it', () => {
  it.each([
    ['another realm', '/realms/nobody/.well-known/openid-configuration', 404],
    ['no realm', '/realms/.well-known/openid-configuration', 404],
    ['the root', '/.well-known/openid-configuration', 404],
    ['a name in capitals', '/realms/test/.well-known/OPENID-CONFIGURATION', 404],
    ['something behind it', `${PATH}/x`, 404],
    ['something that only begins like it', `${PATH}x`, 404],
  ])('and not at %s', async (_where, url, status) => {
    const { app } = await open();
    const answer = await app.inject({ url, headers });
    expect([answer.statusCode, answer.body.includes('authorization_endpoint')]).toEqual([status, false]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'] as const)('and it is not written: %s', async (method) => {
    const { app } = await open();
    const answer = await app.inject({ method, url: PATH, headers });
    expect([answer.statusCode, answer.body.includes('authorization_endpoint')]).toEqual([405, false]);
  });
});
