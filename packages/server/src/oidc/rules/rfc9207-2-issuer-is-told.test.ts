import type { LightMyRequestResponse } from 'fastify';
import { type AuthorizationServer, validateAuthResponse } from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import { type LoginServer, loginServer } from '../../testing/login-server.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const ISSUER = 'http://login.test/realms/test';
const open = () => loginServer({ client: { implicitFlowEnabled: true } });

type Parameters = Readonly<Record<string, string | undefined>>;

/** The parameters of an answer, however they came. */
function parametersOf(answer: LightMyRequestResponse): URLSearchParams {
  if (answer.headers.location === undefined) {
    const inputs = answer.body.matchAll(/name="(\w+)" value="([^"]*)"/gi);
    return new URLSearchParams([...inputs].map(([, name = '', value = '']): [string, string] => [name, value]));
  }
  const { hash, searchParams } = redirectOf(answer);
  return hash === '' ? searchParams : new URLSearchParams(hash.slice(1));
}

async function metadataOf(server: LoginServer): Promise<AuthorizationServer> {
  const headers = { host: 'login.test' };
  return (await server.app.inject({ url: '/realms/test/.well-known/openid-configuration', headers })).json();
}

describe('RFC 9207 section 2: an answer names who gives it, once, as the metadata does', () => {
  it.each<[string, Parameters]>([
    ['a code', {}],
    ['a code in a fragment', { response_mode: 'fragment' }],
    ['a code in a form', { response_mode: 'form_post' }],
    ['tokens', { response_type: 'id_token token', nonce: 'n' }],
    ['a code with an ID token', { response_type: 'code id_token', nonce: 'n' }],
    ['nothing but a session', { response_type: 'none' }],
  ])('with %s', async (_what, parameters) => {
    const server = await open();
    const metadata = await metadataOf(server);
    expect(metadata).toMatchObject({ issuer: ISSUER, authorization_response_iss_parameter_supported: true });
    expect(parametersOf(await server.login(server.browser(), parameters)).getAll('iss')).toEqual([metadata.issuer]);
  });

  it.each<[string, Parameters]>([
    ['invalid_scope', { scope: 'openid nonsense' }],
    ['unsupported_response_type', { response_type: 'code magic' }],
    ['invalid_request', { response_type: undefined }],
    ['invalid_request', { response_type: 'id_token token', response_mode: 'query', nonce: 'n' }],
    ['login_required', { prompt: 'none' }],
    ['login_required', { prompt: 'none', response_mode: 'fragment' }],
    ['login_required', { prompt: 'none', response_mode: 'form_post' }],
  ])('with the error %s: %o', async (error, parameters) => {
    const server = await open();
    const answer = parametersOf(await server.browser().get(server.authUrl(parameters)));
    expect([answer.get('error'), answer.getAll('iss')]).toEqual([error, [ISSUER]]);
  });

  it('under the name by which it was asked, and whatever the request says', async () => {
    const server = await open();
    const url = `${server.authUrl({ prompt: 'none' })}&iss=${encodeURIComponent('https://evil.example')}`;
    for (const [host, issuer] of [
      ['login.test', ISSUER],
      ['id.example:8443', 'http://id.example:8443/realms/test'],
    ] as const) {
      const answer = await server.app.inject({ url, headers: { host } });
      expect(parametersOf(answer).getAll('iss')).toEqual([issuer]);
    }
  });
});

describe('RFC 9207 section 2.4: an independent client that reads the metadata', () => {
  const client = { client_id: 'app' };

  it('takes the answer as it came', async () => {
    const server = await open();
    const answer = parametersOf(await server.login(server.browser()));
    expect(validateAuthResponse(await metadataOf(server), client, answer, 'st').get('code')).toBe(answer.get('code'));
  });

  it.each<[string, (answer: URLSearchParams) => void]>([
    ['without a name', (answer) => answer.delete('iss')],
    ['with no name', (answer) => answer.set('iss', '')],
    ['of another realm', (answer) => answer.set('iss', 'http://login.test/realms/other')],
    ['of another server', (answer) => answer.set('iss', 'https://evil.example/realms/test')],
    ['with a slash more', (answer) => answer.set('iss', `${ISSUER}/`)],
    ['with other letters', (answer) => answer.set('iss', ISSUER.toUpperCase())],
    ['with two names', (answer) => answer.append('iss', ISSUER)],
  ])('takes none %s', async (_fault, spoil) => {
    const server = await open();
    const metadata = await metadataOf(server);
    const answer = new URLSearchParams(parametersOf(await server.login(server.browser())));
    spoil(answer);
    expect(() => validateAuthResponse(metadata, client, answer, 'st')).toThrow();
  });
});

describe('RFC 9207: no name is told', () => {
  it('to a client that wants none, except with errors', async () => {
    const server = await loginServer({ client: { attributes: { 'exclude.issuer.from.auth.response': 'true' } } });
    expect(parametersOf(await server.login(server.browser())).getAll('iss')).toEqual([]);
    const refused = parametersOf(await server.browser().get(server.authUrl({ prompt: 'none' })));
    expect(refused.getAll('iss')).toEqual([ISSUER]);
  });

  it.each<[string, Parameters]>([
    ['a client that nobody knows', { client_id: 'nobody' }],
    ['an address that is not registered', { redirect_uri: 'https://evil.example/cb' }],
    ['no address', { redirect_uri: undefined }],
  ])('to %s: nothing is sent there', async (_whom, parameters) => {
    const server = await open();
    const answer = await server.browser().get(server.authUrl(parameters));
    expect([answer.statusCode, answer.headers.location]).toEqual([400, undefined]);
  });
});
