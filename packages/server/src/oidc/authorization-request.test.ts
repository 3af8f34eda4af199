import { describe, expect, it } from 'vitest';
import type { Client } from '../model/index.ts';
import { clientFixture, realmFixture } from '../testing/fixtures.ts';
import { checkAuthorizationRequest } from './authorization-request.ts';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const REDIRECT = 'https://app.example/cb';
const realm = realmFixture();
const check = (parameters: Record<string, unknown>, client: Partial<Client> = {}) =>
  checkAuthorizationRequest(
    clientFixture(realm, client),
    { redirect_uri: REDIRECT, response_type: 'code', scope: 'openid', state: 'st', ...parameters },
    'https://login.test',
    !String(parameters['scope'] ?? '').includes('zz'),
  );

describe('an authorization request', () => {
  it('keeps what the code and the tokens need', () => {
    const verdict = check({
      nonce: 'n',
      prompt: 'login consent',
      max_age: '30',
      login_hint: 'ann',
      code_challenge: CHALLENGE,
      unknown: 'x',
    });
    expect(verdict).toMatchObject({
      kind: 'ok',
      request: {
        redirectUri: REDIRECT,
        prompts: ['login', 'consent'],
        maxAgeSeconds: 30,
        loginHint: 'ann',
        clientNotes: { scope: 'openid', state: 'st', nonce: 'n', code_challenge: CHALLENGE },
      },
    });
    expect(verdict.kind === 'ok' && 'unknown' in verdict.request.clientNotes).toBe(false);
  });

  it.each([
    [{ redirect_uri: 'https://evil.example/' }, 'invalidParameterMessage'],
    [{ max_age: 'x' }, 'invalidRequestMessage'],
    [{ max_age: '-1' }, 'invalidRequestMessage'],
    [{ request: 'a.b.c' }, 'invalidRequestMessage'],
    [{ request_uri: 'https://x.test' }, 'invalidRequestMessage'],
  ])('%j ends on a page, as the client cannot be told', (parameters, message) => {
    expect(check(parameters)).toMatchObject({ kind: 'page', status: 400, message });
  });

  const implicit = { implicitFlowEnabled: true };
  const s256 = { attributes: { 'pkce.code.challenge.method': 'S256' } };
  it.each<[Record<string, unknown>, Partial<Client>, string, string | undefined, string]>([
    [{ response_type: undefined }, {}, 'invalid_request', 'Missing parameter: response_type', 'query'],
    [{ response_type: 'zz' }, {}, 'unsupported_response_type', undefined, 'query'],
    [{ response_type: 'code code' }, {}, 'unsupported_response_type', undefined, 'query'],
    [{ response_mode: 'zz' }, {}, 'invalid_request', 'Invalid parameter: response_mode', 'query'],
    [{ response_mode: 'header.jwt' }, {}, 'invalid_request', 'Invalid parameter: response_mode', 'query'],
    [
      { response_type: 'token' },
      {},
      'unauthorized_client',
      'Client is not allowed to initiate browser login with given response_type. Implicit flow is disabled for the client.',
      'fragment',
    ],
    [
      {},
      { standardFlowEnabled: false },
      'unauthorized_client',
      'Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client.',
      'query',
    ],
    [{ response_type: 'id_token' }, implicit, 'invalid_request', 'Missing parameter: nonce', 'fragment'],
    [
      { response_type: 'id_token token', response_mode: 'query', nonce: 'n' },
      implicit,
      'invalid_request',
      "Response_mode 'query' not allowed for implicit or hybrid flow",
      'query',
    ],
    [{ state: ['a', 'b'] }, {}, 'invalid_request', 'duplicated parameter', 'query'],
    [{ redirect_uri: [REDIRECT, 'https://evil.example/'] }, {}, 'invalid_request', 'duplicated parameter', 'query'],
    [{ scope: 'openid zz' }, {}, 'invalid_scope', 'Invalid scopes: openid zz', 'query'],
    [{}, s256, 'invalid_request', 'Missing parameter: code_challenge_method', 'query'],
    [{ code_challenge: CHALLENGE }, s256, 'invalid_request', 'Missing parameter: code_challenge_method', 'query'],
    [
      { code_challenge: CHALLENGE, code_challenge_method: 'plain' },
      s256,
      'invalid_request',
      'Invalid parameter: code challenge method is not matching the configured one',
      'query',
    ],
    [{ code_challenge_method: 'S256' }, s256, 'invalid_request', 'Missing parameter: code_challenge', 'query'],
    [{ code_challenge_method: 'S256' }, {}, 'invalid_request', 'Missing parameter: code_challenge', 'query'],
    [{ code_challenge: 'abc', code_challenge_method: 'S256' }, {}, 'invalid_request', 'Invalid parameter: code_challenge', 'query'],
    [
      { code_challenge: CHALLENGE, code_challenge_method: 'zz' },
      {},
      'invalid_request',
      'Invalid parameter: code_challenge_method',
      'query',
    ],
    [{ response_type: undefined, response_mode: 'form_post' }, {}, 'invalid_request', 'Missing parameter: response_type', 'form_post'],
  ])('%j is told to the client', (parameters, client, error, description, mode) => {
    expect(check(parameters, client)).toMatchObject({
      kind: 'redirect',
      redirectUri: REDIRECT,
      error,
      description,
      mode: { carrier: mode, signed: false },
    });
  });

  it.each(['code', 'none', 'code id_token', 'id_token', 'token id_token', 'code token', 'code id_token token'])(
    'takes response_type %s where the client may use it',
    (responseType) => {
      expect(check({ response_type: responseType, nonce: 'n' }, implicit).kind).toBe('ok');
    },
  );

  it('leaves out values that are too long to keep', () => {
    const verdict = check({ state: 's'.repeat(4001) });
    expect(verdict.kind === 'ok' && 'state' in verdict.request.clientNotes).toBe(false);
  });

  it('does without a scope, and takes the scopes that the client has', () => {
    expect(check({ scope: undefined }).kind).toBe('ok');
    expect(check({ scope: 'openid email offline_access' }).kind).toBe('ok');
  });
});
