import { describe, expect, it } from 'vitest';
import { loggedIn } from '../../testing/token-logins.ts';
import { API, APP } from '../../testing/token-world.ts';

const REVOKE = 'protocol/openid-connect/revoke';

describe('RFC 7009 section 2: revocation', () => {
  it('of a refresh token ends the session', async () => {
    const { world, tokens, userinfo } = await loggedIn();
    const answer = await world.post(REVOKE, { ...APP, token: tokens.refresh_token });
    expect([answer.status, answer.text]).toEqual([200, '']);
    const refresh = await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(refresh.json.error_description).toBe('Session not active');
    expect((await userinfo(tokens.access_token)).headers['www-authenticate']).toContain('user_session_not_found');
    expect((await world.post(REVOKE, { ...APP, token: tokens.refresh_token })).json).toEqual({
      error: 'invalid_token',
      error_description: 'Invalid token',
    });
  });

  it('of an access token leaves the session alone, may be repeated, and may come late', async () => {
    const { world, tokens } = await loggedIn();
    for (let i = 0; i < 2; i += 1) expect((await world.post(REVOKE, { ...APP, token: tokens.access_token })).status).toBe(200);
    expect((await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(200);
    world.context.clock.advanceSeconds(400);
    const late = await world.post(REVOKE, { ...APP, token: tokens.access_token });
    expect([late.status, late.text]).toEqual([200, '']);
  });

  it('is for own tokens only, not for id tokens, and wants a token', async () => {
    const { world, tokens } = await loggedIn();
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect((await world.post(REVOKE, { ...API, token })).json).toEqual({
        error: 'invalid_request',
        error_description: 'Unmatching clients',
      });
    }
    expect((await world.post(REVOKE, { ...APP, token: tokens.id_token })).json.error).toBe('unsupported_token_type');
    expect((await world.post(REVOKE, APP)).json).toEqual({ error: 'invalid_request', error_description: 'Token not provided' });
    expect((await world.post(REVOKE, { ...APP, token: 'abc' })).json).toEqual({
      error: 'invalid_token',
      error_description: 'Invalid token',
    });
    expect((await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(200);
  });
});
