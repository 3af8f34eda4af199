import { describe, expect, it } from 'vitest';
import { clientFixture, clientSessionFixture, realmFixture, realmKeyFixture, sessionFixture, userFixture } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { memoryState } from '../testing/memory-state.ts';
import { createKeyring } from './keys.ts';
import { createSigner } from './signing.ts';
import { createTokens } from './tokens.ts';

const ISSUER = 'https://id.example/realms/test';

async function world() {
  const clock = new ManualClock();
  const state = memoryState(clock);
  const realm = realmFixture();
  const client = clientFixture(realm);
  const user = userFixture(realm);
  const now = clock.nowSeconds();
  const session = sessionFixture(realm, user, { started: now, lastSessionRefresh: now });
  state.data.realms.push(realm);
  state.data.clients.push(client);
  state.data.users.push(user);
  state.data.keys.set(realm.id, [realmKeyFixture('RS256'), realmKeyFixture('HS512'), realmKeyFixture('HS256')]);
  await state.userSessions.create(realm, session, clientSessionFixture(session, client));
  const signer = createSigner(createKeyring(state.directory), undefined);
  const claims = { iss: ISSUER, typ: 'Bearer', azp: 'app', sub: user.id, sid: session.id, jti: 'onrtac:1', iat: now, exp: now + 300 };
  const tokens = createTokens({ state, clock });
  const bearer = async (changes: Record<string, unknown> = {}, algorithm = 'RS256') => {
    const verdict = await tokens.bearer(realm, ISSUER, await signer.sign(realm, algorithm, { ...claims, ...changes }));
    return verdict.ok ? 'ok' : verdict.reason;
  };
  return { clock, state, realm, client, user, session, signer, claims, tokens, bearer };
}

const FAILED = 'Token verification failed';

describe('an access token', () => {
  it('is good when everything fits', async () => {
    const { bearer, tokens, realm, signer, claims, client, user, session } = await world();
    expect(await bearer()).toBe('ok');
    expect(await tokens.bearer(realm, ISSUER, await signer.sign(realm, 'RS256', claims))).toMatchObject({
      bearer: { client, user, session },
    });
  });

  it('that was good once is refused when it is over, when its key no longer counts, and with one letter changed', async () => {
    const { clock, state, tokens, realm, signer, claims } = await world();
    const token = await signer.sign(realm, 'RS256', claims);
    const verdict = async (text: string) => (await tokens.bearer(realm, ISSUER, text)).ok;
    expect([await verdict(token), await verdict(token)]).toEqual([true, true]);
    expect(await verdict(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toBe(false);
    const keys = state.data.keys.get(realm.id) ?? [];
    state.data.keys.set(
      realm.id,
      keys.map((key) => (key.algorithm === 'RS256' ? { ...key, status: 'DISABLED' as const } : key)),
    );
    expect(await verdict(token)).toBe(false);
    state.data.keys.set(realm.id, keys);
    expect(await verdict(token)).toBe(true);
    clock.advanceSeconds(400);
    expect(await verdict(token)).toBe(false);
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example/realms/test' }],
    ['no issuer', { iss: undefined }],
    ['another type', { typ: 'ID' }],
    ['the type of a refresh token', { typ: 'Refresh' }],
    ['no type', { typ: undefined }],
    ['an end that is over', { exp: 1_699_999_999 }],
    ['a start that is to come', { nbf: 1_800_000_000 }],
    ['an expiry that is no number', { exp: '9999999999' }],
    ['an audience of numbers', { aud: [1] }],
    ['no client', { azp: undefined }],
    ['no id', { jti: undefined }],
  ])('is refused with %s', async (_name, changes) => {
    const { bearer } = await world();
    expect(await bearer(changes)).toBe(FAILED);
  });

  it('is refused when the internal key signed it, and accepted by an HMAC algorithm that a client chose', async () => {
    const { bearer } = await world();
    expect(await bearer({}, 'HS512')).toBe(FAILED);
    expect(await bearer({}, 'HS256')).toBe('ok');
  });

  it('is refused with an unknown key id, a disabled key, and accepted with a passive one', async () => {
    const { state, realm, signer, claims, tokens } = await world();
    const token = await signer.sign(realm, 'RS256', claims);
    const [key, ...others] = state.data.keys.get(realm.id) ?? [];
    if (!key) throw new Error('no key');
    const withKey = async (change: object) => {
      state.data.keys.set(realm.id, [{ ...key, ...change }, ...others]);
      return (await tokens.bearer(realm, ISSUER, token)).ok;
    };
    expect(await withKey({ status: 'PASSIVE' })).toBe(true);
    expect(await withKey({ status: 'DISABLED' })).toBe(false);
    expect(await withKey({ use: 'ENC' })).toBe(false);
    expect(await withKey({ kid: 'other' })).toBe(false);
    expect(await withKey({ algorithm: 'PS256' })).toBe(false);
  });

  it('is refused in another realm', async () => {
    const { state, signer, realm, claims, tokens } = await world();
    const other = realmFixture({ realm: 'other' });
    state.data.keys.set(other.id, [realmKeyFixture('RS256', { kid: 'other' })]);
    const verdict = await tokens.bearer(other, 'https://id.example/realms/other', await signer.sign(realm, 'RS256', claims));
    expect(verdict).toEqual({ ok: false, reason: FAILED });
  });

  it('is refused once revoked, with a session that is gone, and for another user than the session is of', async () => {
    const { state, realm, session, client, bearer } = await world();
    expect(await bearer({ sub: 'somebody' })).toBe('User not found');
    expect(await bearer({ sid: 'nowhere' })).toBe('user_session_not_found');
    expect(await bearer({ azp: 'nobody' })).toBe('Client not found');
    await state.singleUseObjects.revokeToken('onrtac:1', 300);
    expect(await bearer()).toBe(FAILED);
    expect(await bearer({ jti: 'onrtac:2' })).toBe('ok');
    await state.userSessions.update(realm, session.id, false, (before) => ({ ...before, state: 'LOGGED_OUT' }));
    expect(await bearer({ jti: 'onrtac:2' })).toBe('user_session_not_found');
    await state.userSessions.removeClient(realm, session.id, client.id, false);
    expect(await bearer({ jti: 'onrtac:2' })).toBe('user_session_not_found');
  });
});

describe('internal tokens', () => {
  it('are read back by type, and by nobody else', async () => {
    const { tokens, realm, signer, claims } = await world();
    const token = await tokens.signInternal(realm, { typ: 'Serialized-ID', iss: ISSUER, sid: 's' });
    expect(await tokens.verifyInternal(realm, token, 'Serialized-ID')).toMatchObject({ ok: true, claims: { sid: 's' } });
    expect((await tokens.verifyInternal(realm, token, 'Refresh')).ok).toBe(false);
    expect((await tokens.verify(realm, ISSUER, token, 'Serialized-ID')).ok).toBe(false);
    expect(
      (await tokens.verifyInternal(realm, await signer.sign(realm, 'RS256', { ...claims, typ: 'Serialized-ID' }), 'Serialized-ID')).ok,
    ).toBe(false);
    expect((await tokens.verifyInternal(realm, await signer.sign(realm, 'HS256', { typ: 'Serialized-ID' }), 'Serialized-ID')).ok).toBe(
      false,
    );
  });
});

describe('signed session ids', () => {
  it('carry 86 characters of signature and survive a rotation of keys', async () => {
    const { state, tokens, realm, session } = await world();
    const signed = await tokens.signSessionId(realm, session.id);
    expect(signed).toMatch(/^[A-Za-z0-9_-]{24}\.[A-Za-z0-9_-]{86}$/);
    expect(await tokens.verifySessionId(realm, signed)).toBe(session.id);
    state.data.keys.set(realm.id, [realmKeyFixture('HS512', { priority: 200 }), ...(state.data.keys.get(realm.id) ?? [])]);
    expect(await tokens.verifySessionId(realm, signed)).toBe(session.id);
  });

  it('are refused with another id, another signature, or none', async () => {
    const { tokens, realm, session } = await world();
    const signed = await tokens.signSessionId(realm, session.id);
    const [, signature] = signed.split('.');
    for (const text of [
      '',
      session.id,
      `${session.id}.`,
      `x${signed}`,
      `${signed}x`,
      `other.${signature}`,
      `${session.id}.${'A'.repeat(86)}`,
    ]) {
      expect(await tokens.verifySessionId(realm, text)).toBeUndefined();
    }
  });
});
