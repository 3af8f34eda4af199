import { describe, expect, it } from 'vitest';
import { loginServer, REDIRECT } from '../../testing/login-server.ts';
import { PAR, push } from '../../testing/protocol-forms.ts';

const good = { client_id: 'app', redirect_uri: REDIRECT, response_type: 'code', scope: 'openid' };

describe('RFC 9126 section 2.3: a pushed request is checked before it is kept', () => {
  it('answers 201 with a request_uri that nobody can guess and its lifespan', async () => {
    const server = await loginServer({ realm: { attributes: { parRequestUriLifespan: '90' } } });
    const answers = await Promise.all([push(server, good), push(server, good)]);
    for (const answer of answers) {
      expect(answer.statusCode).toBe(201);
      expect(answer.json()).toEqual({
        request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{36}$/),
        expires_in: 90,
      });
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    expect(answers[0]?.json().request_uri).not.toBe(answers[1]?.json().request_uri);
  });

  it.each<[string, Record<string, string | undefined>, number, string, string]>([
    ['a request_uri in it', { request_uri: 'urn:x' }, 400, 'invalid_request', 'It is not allowed to include request_uri to PAR.'],
    ['a foreign redirect_uri', { redirect_uri: 'https://evil.example/' }, 400, 'invalid_request', 'Invalid parameter: redirect_uri'],
    ['no redirect_uri', { redirect_uri: undefined }, 400, 'invalid_request', 'Invalid parameter: redirect_uri'],
    ['no response_type', { response_type: undefined }, 400, 'invalid_request', 'Missing parameter: response_type'],
    ['an unknown response_type', { response_type: 'foo' }, 400, 'invalid_request', 'Unsupported response type'],
    ['an unknown scope', { scope: 'openid nope' }, 400, 'invalid_request', 'Invalid scopes: openid nope'],
    ['an unknown response_mode', { response_mode: 'zz' }, 400, 'invalid_request', 'Invalid parameter: response_mode'],
    ['a code_challenge that is none', { code_challenge: 'x' }, 400, 'invalid_request', 'Invalid parameter: code_challenge'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_request', 'Authentication failed.'],
    ['no client', { client_id: undefined }, 401, 'invalid_request', 'Authentication failed.'],
    [
      'a flow that the client may not use',
      { response_type: 'token', nonce: 'n' },
      401,
      'unauthorized_client',
      'Client is not allowed to initiate browser login with given response_type. Implicit flow is disabled for the client.',
    ],
  ])('refuses %s', async (_fault, change, status, error, description) => {
    const server = await loginServer({ client: { implicitFlowEnabled: false } });
    const answer = await push(server, { ...good, ...change });
    expect([answer.statusCode, answer.json()]).toEqual([status, { error, error_description: description }]);
    expect(server.context.emitted.at(-1)).toMatchObject({ type: 'PUSHED_AUTHORIZATION_REQUEST_ERROR' });
  });

  it('refuses a parameter that is given twice, and any method but POST', async () => {
    const server = await loginServer();
    const url = `/realms/test/${PAR}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const twice = await server.app.inject({ method: 'POST', url, headers, payload: 'client_id=app&scope=a&scope=b' });
    expect([twice.statusCode, twice.json()]).toEqual([400, { error: 'invalid_request', error_description: 'duplicated parameter' }]);
    expect((await server.app.inject({ method: 'GET', url })).statusCode).toBe(405);
  });

  it('refuses a confidential client without its secret', async () => {
    const server = await loginServer({ client: { publicClient: false } });
    expect((await push(server, good)).statusCode).toBe(401);
    expect((await push(server, { ...good, client_secret: 'wrong' })).statusCode).toBe(401);
    expect((await push(server, { ...good, client_secret: 'app-secret' })).statusCode).toBe(201);
  });
});
