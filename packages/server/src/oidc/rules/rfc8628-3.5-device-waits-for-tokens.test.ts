import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answerAsUser, DEVICES_ALLOWED, type DeviceCodes, deviceCodes, poll } from '../../testing/device-flow.ts';
import { type LoginServer, loginServer } from '../../testing/login-server.ts';

const allowed = { client: { attributes: DEVICES_ALLOWED } };

async function approved(server: LoginServer, form: Record<string, string> = {}): Promise<DeviceCodes> {
  const codes = await deviceCodes(server, form);
  await answerAsUser(server.browser(), codes, 'accept');
  return codes;
}

describe('RFC 8628 sections 3.4 and 3.5: a device waits for its tokens', () => {
  it('is told to slow down where it asks faster than the interval, and may go on after it', async () => {
    const server = await loginServer(allowed);
    const codes = await deviceCodes(server);
    const errors = [];
    for (const waitSeconds of [0, 1, 3, 2, 5]) {
      server.context.clock.advanceSeconds(waitSeconds);
      errors.push((await poll(server, codes)).json().error);
    }
    expect(errors).toEqual(['authorization_pending', 'slow_down', 'slow_down', 'authorization_pending', 'authorization_pending']);
  });

  it('hears that its code expired', async () => {
    const server = await loginServer(allowed);
    const codes = await deviceCodes(server);
    server.context.clock.advanceSeconds(600);
    expect((await poll(server, codes)).json()).toEqual({ error: 'expired_token', error_description: 'Device code is expired' });
    server.context.clock.advanceSeconds(600);
    expect((await poll(server, codes)).json()).toEqual({ error: 'invalid_grant', error_description: 'Device code not valid' });
  });

  it('gets tokens once, of however many tries at once', async () => {
    const server = await loginServer(allowed);
    const codes = await approved(server);
    const answers = await Promise.all(Array.from({ length: 8 }, () => poll(server, codes)));
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    server.context.clock.advanceSeconds(6);
    expect((await poll(server, codes)).json().error).toBe('invalid_grant');
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['no code', { device_code: undefined }, 'invalid_request'],
    ['an unknown code', { device_code: 'A'.repeat(43) }, 'invalid_grant'],
    ['no code at all', { device_code: '../x' }, 'invalid_grant'],
    ['the code of another client', { client_id: 'other' }, 'invalid_grant'],
  ])('gets nothing for %s', async (_fault, form, error) => {
    const server = await loginServer(allowed);
    const { data } = server.context.state;
    const at = data.clients.indexOf(server.other);
    data.clients[at] = { ...server.other, attributes: DEVICES_ALLOWED };
    const codes = await approved(server);
    expect((await poll(server, codes, form)).json().error).toBe(error);
    expect((await poll(server, codes)).statusCode).toBe(200);
  });

  it('gets nothing once its client may not ask for devices, its user is switched off or the session ended', async () => {
    const server = await loginServer(allowed);
    const { data, userSessions } = server.context.state;
    const [first, second, third] = [await approved(server), await approved(server), await approved(server)];
    data.clients[0] = { ...server.client, attributes: {} };
    expect((await poll(server, first)).json().error).toBe('invalid_grant');
    data.clients[0] = server.client;
    data.users[0] = { ...server.user, enabled: false };
    expect((await poll(server, second)).json().error_description).toBe('User disabled');
    data.users[0] = server.user;
    await userSessions.removeOfUser(server.realm, server.user.id);
    expect((await poll(server, third)).json().error_description).toBe('Session not active');
  });

  it('must show the verifier of its code challenge', async () => {
    const server = await loginServer(allowed);
    const verifier = 'v'.repeat(43);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const codes = await approved(server, { code_challenge: challenge, code_challenge_method: 'S256' });
    expect((await poll(server, codes)).json().error).toBe('invalid_grant');
    server.context.clock.advanceSeconds(6);
    expect((await poll(server, codes, { code_verifier: 'w'.repeat(43) })).json().error).toBe('invalid_grant');
    server.context.clock.advanceSeconds(6);
    expect((await poll(server, codes, { code_verifier: verifier })).statusCode).toBe(200);
  });
});
