import { describe, expect, it } from 'vitest';
import type { Realm, User } from '../model/index.ts';
import { bruteForcePolicy, recordFailure } from '../security/brute-force-rules.ts';
import { clientFixture, realmFixture } from '../testing/fixtures.ts';
import { loginServer } from '../testing/login-server.ts';
import { createPasswordLogin } from './password-login.ts';

async function setup(realmSettings: Partial<Realm> = {}, userSettings: Partial<User> = {}) {
  const { context, realm, user } = await loginServer({ realm: realmSettings, user: userSettings });
  const pretended: string[] = [];
  let held: Promise<void> | undefined;
  const loginFailures = {
    ...context.state.loginFailures,
    stored: new Map<string, ReturnType<typeof recordFailure>>(),
    async get(_realm: Realm, userId: string) {
      return this.stored.get(userId);
    },
    async recordFailure(of: Realm, userId: string, ipAddress: string) {
      const next = recordFailure(this.stored.get(userId), bruteForcePolicy(of, userId), ipAddress, context.clock.nowMs());
      this.stored.set(userId, next);
      return next;
    },
    async clear(_realm: Realm, userId: string) {
      this.stored.delete(userId);
    },
  };
  const login = createPasswordLogin({
    state: { ...context.state, loginFailures },
    passwords: {
      async verify(of, who, password) {
        await held;
        return context.passwords.verify(of, who, password);
      },
      async pretend(_realm, password) {
        pretended.push(password);
      },
    },
    clock: context.clock,
    logger: context.logger,
  });
  const check = (password: string, name = 'alice') => login.check(realm, name, password, '192.0.2.1');
  return { context, realm, user, check, pretended, loginFailures, hold: (until: Promise<void>) => (held = until) };
}

const guarded = { bruteForceProtected: true, failureFactor: 2 };

describe('a password login', () => {
  it('finds the user by name in any case, and by e-mail where the realm allows it', async () => {
    const { check, realm, context } = await setup();
    expect((await check('secret', ' ALICE ')).kind).toBe('ok');
    expect((await check('secret', 'alice@example.org')).kind).toBe('ok');
    const strict = { ...realm, loginWithEmailAllowed: false };
    expect((await context.passwordLogin.check(strict, 'alice@example.org', 'secret', 'x')).kind).toBe('invalid');
  });

  it('spends a hash on an unknown user, so that the time tells nothing', async () => {
    const { check, pretended } = await setup();
    expect(await check('guess', 'nobody')).toEqual({ kind: 'invalid', user: undefined, event: 'user_not_found' });
    expect(pretended).toEqual(['guess']);
  });

  it('never lets a service account log in', async () => {
    const client = clientFixture(realmFixture());
    const { check } = await setup({}, { serviceAccountClientLink: client.id });
    expect((await check('secret')).kind).toBe('invalid');
  });

  it('tells of open actions and of a disabled user only after the right password', async () => {
    const open = await setup({}, { requiredActions: ['UPDATE_PASSWORD'] });
    expect(await open.check('secret')).toMatchObject({ kind: 'action-required', actions: ['UPDATE_PASSWORD'] });
    const off = await setup({}, { enabled: false });
    expect((await off.check('secret')).kind).toBe('disabled');
    expect((await off.check('wrong')).kind).toBe('invalid');
  });
});

describe('with brute-force protection', () => {
  it('refuses the right password while the user is locked, in the same words', async () => {
    const { check, context } = await setup(guarded);
    const wrong = await check('wrong');
    context.clock.advanceSeconds(5);
    await check('wrong');
    const locked = await check('secret');
    expect(locked).toMatchObject({ kind: 'invalid', event: 'user_temporarily_disabled' });
    expect(locked.kind).toBe(wrong.kind);
    context.clock.advanceSeconds(60);
    expect((await check('secret')).kind).toBe('ok');
  });

  it('forgets failures after a success', async () => {
    const { check, context, loginFailures, user } = await setup(guarded);
    await check('wrong');
    context.clock.advanceSeconds(5);
    expect((await check('secret')).kind).toBe('ok');
    expect(loginFailures.stored.has(user.id)).toBe(false);
  });

  it('disables the user for good where the realm wants that, and still gives nothing away', async () => {
    const { check, context, realm } = await setup({ ...guarded, permanentLockout: true });
    await check('wrong');
    context.clock.advanceSeconds(5);
    await check('wrong');
    const stored = await context.state.directory.userByUsername(realm, 'alice');
    expect(stored).toMatchObject({ enabled: false, attributes: { disabledReason: ['permanentLockout'] } });
    expect(await check('secret')).toMatchObject({ kind: 'invalid', event: 'user_disabled' });
  });

  it('refuses a second try while the first is under way, without counting it', async () => {
    const { check, hold, loginFailures, user } = await setup(guarded);
    const gate = Promise.withResolvers<void>();
    hold(gate.promise);
    const first = check('wrong');
    const second = await check('secret');
    expect(second).toMatchObject({ kind: 'invalid', event: 'user_temporarily_disabled' });
    gate.resolve();
    await first;
    expect(loginFailures.stored.get(user.id)?.numFailures).toBe(1);
    expect((await check('secret')).kind).toBe('ok');
  });
});

it('counts nothing where the realm has no brute-force protection', async () => {
  const { check, loginFailures } = await setup();
  await check('wrong');
  expect(loginFailures.stored.size).toBe(0);
});
