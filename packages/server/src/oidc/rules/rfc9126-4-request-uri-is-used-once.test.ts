import { describe, expect, it } from 'vitest';
import { type LoginServer, loginServer, OTHER_REDIRECT, REDIRECT } from '../../testing/login-server.ts';
import { push } from '../../testing/protocol-forms.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const AUTH = '/realms/test/protocol/openid-connect/auth';
const good = { client_id: 'app', redirect_uri: REDIRECT, response_type: 'code', scope: 'openid', state: 'pushed' };

async function pushed(server: LoginServer, change: Record<string, string> = {}): Promise<string> {
  return (await push(server, { ...good, ...change })).json().request_uri;
}

const address = (parameters: Record<string, string>): string => `${AUTH}?${new URLSearchParams(parameters).toString()}`;

describe('RFC 9126 section 4: the request_uri of a pushed request is used once, by who pushed it', () => {
  it('leads to a login with what was pushed, whatever else the address says', async () => {
    const server = await loginServer();
    const browser = server.browser();
    const extra = { redirect_uri: 'https://evil.example/', state: 'other', response_type: 'token', scope: 'nope' };
    const page = await browser.get(address({ client_id: 'app', request_uri: await pushed(server), ...extra }));
    expect(page.statusCode).toBe(200);
    const answer = redirectOf(await browser.submit(page, { username: 'alice', password: 'secret' }));
    expect(answer.href).toMatch(/^https:\/\/app\.example\/cb\?/);
    expect(answer.searchParams.get('state')).toBe('pushed');
    expect(answer.searchParams.get('code')).toBeTruthy();
  });

  it.each<[string, (server: LoginServer) => Promise<Record<string, string>>]>([
    ['by another client', async (server) => ({ client_id: 'other', redirect_uri: OTHER_REDIRECT, request_uri: await pushed(server) })],
    ['without a client_id', async (server) => ({ request_uri: await pushed(server) })],
    ['that is unknown', async () => ({ client_id: 'app', request_uri: `urn:ietf:params:oauth:request_uri:${crypto.randomUUID()}` })],
    ['that is no id', async () => ({ client_id: 'app', request_uri: 'urn:ietf:params:oauth:request_uri:..%2f' })],
    [
      'that is over',
      async (server) => {
        const uri = await pushed(server);
        server.context.clock.advanceSeconds(61);
        return { client_id: 'app', request_uri: uri };
      },
    ],
    [
      'a second time',
      async (server) => {
        const uri = await pushed(server);
        await server.browser().get(address({ client_id: 'app', request_uri: uri }));
        return { client_id: 'app', request_uri: uri };
      },
    ],
  ])('shows an error page for a request_uri %s', async (_fault, prepare) => {
    const server = await loginServer();
    const answer = await server.browser().get(address(await prepare(server)));
    expect(answer.statusCode).toBe(400);
    expect(answer.headers.location).toBeUndefined();
  });

  it('belongs to the realm that it was pushed to', async () => {
    const server = await loginServer();
    const uri = await pushed(server);
    const { realm, client, context } = server;
    const elsewhere = { ...realm, id: 'elsewhere', realm: 'elsewhere' };
    context.state.data.realms.push(elsewhere);
    context.state.data.clients.push({ ...client, id: 'twin', realmId: 'elsewhere' });
    const url = address({ client_id: 'app', request_uri: uri }).replace('/test/', '/elsewhere/');
    expect((await server.browser().get(url)).statusCode).toBe(400);
    expect((await server.browser().get(address({ client_id: 'app', request_uri: uri }))).statusCode).toBe(200);
  });
});
