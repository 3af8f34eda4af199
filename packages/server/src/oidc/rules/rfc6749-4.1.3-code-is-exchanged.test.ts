import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CODE_REDIRECT, codeOfBrowser } from '../../testing/token-logins.ts';
import { API, APP, peek } from '../../testing/token-world.ts';

const refusal = (description: string) => ({ error: 'invalid_grant', error_description: description });

describe('the exchange of a code', () => {
  it('answers the tokens of the session, with nonce and auth_time', async () => {
    const { world, session, exchange } = await codeOfBrowser();
    const { status, json } = await exchange();
    expect([status, json.session_state]).toEqual([200, session.id]);
    const access = peek(json.access_token).claims;
    expect(access.jti).toMatch(/^onrtac:/);
    expect(access.auth_time).toBe(session.started);
    expect(access).not.toHaveProperty('nonce');
    const id = peek(json.id_token).claims;
    expect(id).toMatchObject({ nonce: 'n-1', auth_time: session.started, sid: session.id });
    expect(id.at_hash).toBe(createHash('sha256').update(json.access_token).digest().subarray(0, 16).toString('base64url'));
    expect(world.context.emitted.at(-1)).toMatchObject({ type: 'CODE_TO_TOKEN', sessionId: session.id, userId: world.user.id });
  });

  it('works once; a replay kills the refresh token of the first', async () => {
    const { world, exchange } = await codeOfBrowser();
    const { json } = await exchange();
    expect((await exchange()).json).toEqual(refusal('Code not valid'));
    const refresh = await world.token({ ...APP, grant_type: 'refresh_token', refresh_token: json.refresh_token });
    expect(refresh.json).toEqual(refusal("Session doesn't have required client"));
    const userinfo = await world.get('protocol/openid-connect/userinfo', { authorization: `Bearer ${json.access_token}` });
    expect(userinfo.headers['www-authenticate']).toContain('user_session_not_found');
  });

  it('refuses another client, and the code is spent', async () => {
    const { world, code, exchange } = await codeOfBrowser();
    const other = await world.token({ ...API, grant_type: 'authorization_code', code, redirect_uri: CODE_REDIRECT });
    expect(other.json).toEqual(refusal('Auth error: Found different client_id in clientSession'));
    expect((await exchange()).json).toEqual(refusal('Code not valid'));
  });

  it.each([{ redirect_uri: 'https://app.example/other' }, { redirect_uri: '' }, { redirect_uri: `${CODE_REDIRECT}%20` }])(
    'refuses redirect %o',
    async (more) => {
      const { exchange } = await codeOfBrowser();
      expect((await exchange(more)).json).toEqual(refusal('Incorrect redirect_uri'));
    },
  );

  it('refuses a code that is over, and one of a session that is over', async () => {
    const late = await codeOfBrowser();
    late.world.context.clock.advanceSeconds(60);
    expect((await late.exchange()).json).toEqual(refusal('Code not valid'));
    const gone = await codeOfBrowser();
    await gone.world.context.state.userSessions.remove(gone.world.realm, gone.session.id, false);
    expect((await gone.exchange()).json).toEqual(refusal('Code not valid'));
  });

  it('turns into an offline session where the scope says so', async () => {
    const { world, session, exchange } = await codeOfBrowser({}, 'openid offline_access');
    const { json } = await exchange();
    expect(peek(json.refresh_token).claims.typ).toBe('Offline');
    expect(await world.context.state.userSessions.get(world.realm, session.id, false)).toBeUndefined();
    expect((await world.context.state.userSessions.get(world.realm, session.id, true))?.offline).toBe(true);
  });
});
