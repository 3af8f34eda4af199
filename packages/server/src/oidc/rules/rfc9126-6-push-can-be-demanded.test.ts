import { describe, expect, it } from 'vitest';
import { loginServer, REDIRECT } from '../../testing/login-server.ts';
import { push } from '../../testing/protocol-forms.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const demanded = { client: { attributes: { 'require.pushed.authorization.requests': 'true' } } };

describe('RFC 9126 section 6: a client may be bound to pushed requests', () => {
  it('sends a request that was not pushed back with an error', async () => {
    const server = await loginServer(demanded);
    const answer = redirectOf(await server.browser().get(server.authUrl()));
    expect(Object.fromEntries(answer.searchParams)).toEqual({
      error: 'invalid_request',
      error_description: 'Pushed Authorization Request is only allowed.',
      state: 'st',
      iss: 'http://login.test/realms/test',
    });
  });

  it('takes a pushed one', async () => {
    const server = await loginServer(demanded);
    const uri = (await push(server, { client_id: 'app', redirect_uri: REDIRECT, response_type: 'code', scope: 'openid' })).json()
      .request_uri;
    const page = await server.browser().get(server.authUrl({ request_uri: uri }));
    expect(page.statusCode).toBe(200);
  });

  it('is said in the discovery document', async () => {
    const server = await loginServer();
    const { app } = server;
    const document = (await app.inject({ url: '/realms/test/.well-known/openid-configuration', headers: { host: 'login.test' } })).json();
    expect(document).toMatchObject({
      require_pushed_authorization_requests: false,
      pushed_authorization_request_endpoint: 'http://login.test/realms/test/protocol/openid-connect/ext/par/request',
    });
  });
});
