import { describe, expect, it } from 'vitest';
import { clientFixture, clientSessionFixture, realmFixture, sessionFixture, userFixture } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { memoryState } from '../testing/memory-state.ts';
import { createCode, redeemCode } from './authorization-code.ts';

async function world() {
  const clock = new ManualClock();
  const state = memoryState(clock);
  const realm = realmFixture();
  const client = clientFixture(realm);
  const session = sessionFixture(realm, userFixture(realm), { started: clock.nowSeconds(), lastSessionRefresh: clock.nowSeconds() });
  await state.userSessions.create(realm, session, clientSessionFixture(session, client));
  const code = await createCode(state, realm, {
    sessionId: session.id,
    client,
    redirectUri: 'https://app.example/cb',
    scope: 'openid email',
    nonce: 'n',
    codeChallenge: 'c',
    codeChallengeMethod: 'S256',
  });
  return { clock, state, realm, client, session, code };
}

describe('authorization codes', () => {
  it('carry what the authorization request asked for', async () => {
    const { state, realm, client, session, code } = await world();
    expect(code).toMatch(/^[0-9a-f-]{36}\./);
    expect(code.endsWith(`.${session.id}.${client.id}`)).toBe(true);
    expect(await redeemCode(state, realm, client, code)).toMatchObject({
      ok: true,
      pair: { session: { id: session.id }, client: { clientId: client.id } },
      redirectUri: 'https://app.example/cb',
      scope: 'openid email',
      nonce: 'n',
      codeChallenge: 'c',
      codeChallengeMethod: 'S256',
    });
  });

  it('work once, and the second try kills the client session of the first', async () => {
    const { state, realm, client, session, code } = await world();
    expect((await redeemCode(state, realm, client, code)).ok).toBe(true);
    expect((await redeemCode(state, realm, client, code)).ok).toBe(false);
    expect((await state.userSessions.pair(realm, session.id, client, false))?.client).toBeUndefined();
  });

  it('have exactly one winner in a race, who keeps the sessions it read', async () => {
    const { state, realm, client, code } = await world();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => redeemCode(state, realm, client, code)));
    const winners = outcomes.filter((outcome) => outcome.ok);
    expect(winners).toHaveLength(1);
    expect(winners[0]).toMatchObject({ pair: { client: { clientId: client.id } } });
  });

  it('are gone after accessCodeLifespan', async () => {
    const { clock, state, realm, client, code } = await world();
    clock.advanceSeconds(60);
    expect((await redeemCode(state, realm, client, code)).ok).toBe(false);
  });

  it('are not taken by a made-up session part, another realm, or anything oddly shaped', async () => {
    const { state, realm, client, session, code } = await world();
    const [id = ''] = code.split('.');
    const foreign = realmFixture({ realm: 'other' });
    const odd = [
      '',
      '..',
      code.slice(1),
      `${code}.x`,
      code.toUpperCase(),
      `${id}.${session.id}`,
      'x'.repeat(10_000),
      `${code}\n`,
      `${id}.nobody.${client.id}`,
    ];
    for (const text of odd) expect((await redeemCode(state, realm, client, text)).ok, text.slice(0, 80)).toBe(false);
    expect((await redeemCode(state, foreign, client, code)).ok).toBe(false);
    expect((await redeemCode(state, realm, client, code)).ok).toBe(true);
  });

  it('do not let another client kill the client session by a wrong guess', async () => {
    const { state, realm, client, session, code } = await world();
    const other = clientFixture(realm, { clientId: 'other' });
    const [, ...rest] = code.split('.');
    expect((await redeemCode(state, realm, other, ['00000000-0000-4000-8000-000000000000', ...rest].join('.'))).ok).toBe(false);
    expect((await state.userSessions.pair(realm, session.id, client, false))?.client).toBeDefined();
  });
});
