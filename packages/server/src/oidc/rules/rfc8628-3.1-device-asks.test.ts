import { describe, expect, it } from 'vitest';
import type { Client } from '../../model/index.ts';
import { askAsDevice, DEVICES_ALLOWED } from '../../testing/device-flow.ts';
import { loginServer } from '../../testing/login-server.ts';

const allowed: Partial<Client> = { attributes: DEVICES_ALLOWED };

describe('RFC 8628 sections 3.1 and 3.2: a device asks for its codes', () => {
  it('answers with two codes, where to enter the one, and how often to ask for the other', async () => {
    const server = await loginServer({ client: allowed });
    const answer = await askAsDevice(server);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toContain('no-store');
    const body = answer.json();
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: 'http://login.test/realms/test/device',
      verification_uri_complete: `http://login.test/realms/test/device?user_code=${body.user_code}`,
      expires_in: 600,
      interval: 5,
    });
  });

  it('takes lifespan and interval from the client before the realm', async () => {
    const server = await loginServer({
      realm: { attributes: { oauth2DeviceCodeLifespan: '120', oauth2DevicePollingInterval: '7' } },
      client: { attributes: { ...DEVICES_ALLOWED, 'oauth2.device.polling.interval': '2' } },
    });
    expect((await askAsDevice(server)).json()).toMatchObject({ expires_in: 120, interval: 2 });
  });

  it.each<[string, Partial<Client>, Record<string, string | undefined>, number, string]>([
    ['of a client that may not', {}, {}, 400, 'unauthorized_client'],
    ['of an unknown client', allowed, { client_id: 'nobody' }, 401, 'invalid_client'],
    ['of nobody', allowed, { client_id: undefined }, 401, 'invalid_client'],
    ['of a client with a secret, without it', { ...allowed, publicClient: false }, {}, 401, 'unauthorized_client'],
    ['for a scope that the client does not have', allowed, { scope: 'openid nope' }, 400, 'invalid_scope'],
    ['with a broken code challenge', allowed, { code_challenge: 'x' }, 400, 'invalid_request'],
    ['without the code challenge that the client must send', pkce(), {}, 400, 'invalid_request'],
  ])('refuses the request %s', async (_fault, client, form, status, error) => {
    const server = await loginServer({ client });
    const answer = await askAsDevice(server, form);
    expect([answer.statusCode, answer.json().error]).toEqual([status, error]);
    expect(server.context.emitted.at(-1)).toMatchObject({ type: 'OAUTH2_DEVICE_AUTH_ERROR' });
  });
});

function pkce(): Partial<Client> {
  return { attributes: { ...DEVICES_ALLOWED, 'pkce.code.challenge.method': 'S256' } };
}
