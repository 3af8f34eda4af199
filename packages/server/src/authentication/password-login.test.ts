import { describe, expect, it } from 'vitest';
import type { LoginFailures } from '../cache/contracts.ts';
import { ServerError } from '../http/errors.ts';
import type { Realm, User } from '../model/index.ts';
import { clientFixture, realmFixture } from '../testing/fixtures.ts';
import { loginServer } from '../testing/login-server.ts';
import { createPasswordLogin } from './password-login.ts';

async function setup(realmSettings: Partial<Realm> = {}, userSettings: Partial<User> = {}, failures?: Partial<LoginFailures>) {
  const { context, realm, user } = await loginServer({ realm: realmSettings, user: userSettings });
  const pretended: string[] = [];
  let held: Promise<void> | undefined;
  const verified: string[] = [];
  const loginFailures = { ...context.state.loginFailures, ...failures };
  const login = createPasswordLogin({
    credentials: { ofUser: async () => [] },
    features: context.features,
    state: { ...context.state, loginFailures },
    passwords: {
      async verify(of, who, password) {
        verified.push(password);
        await held;
        return context.passwords.verify(of, who, password);
      },
      async pretend(_realm, password) {
        pretended.push(password);
      },
    },
    events: context.events,
    logger: context.logger,
  });
  const check = (password: string, name = 'alice') => login.check(realm, name, password, '192.0.2.1');
  const against = () => loginFailures.get(realm, user.id);
  return { context, realm, user, check, pretended, verified, against, hold: (until: Promise<void>) => (held = until) };
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

  it('counts nothing against names that nobody has, however many are guessed (Keycloak #32080)', async () => {
    const counted: string[] = [];
    const { check, pretended } = await setup(
      guarded,
      {},
      {
        count: async (_realm, userId) => {
          counted.push(userId);
          return { failure: undefined, verdict: 'go' };
        },
      },
    );
    for (let name = 0; name < 50; name += 1) expect((await check('guess', `nobody-${name}`)).kind).toBe('invalid');
    expect([counted.length, pretended.length]).toEqual([0, 50]);
    await check('guess');
    expect(counted).not.toEqual([]);
  });

  it('forgets failures after a success', async () => {
    const { check, context, against } = await setup(guarded);
    await check('wrong');
    context.clock.advanceSeconds(5);
    expect((await check('secret')).kind).toBe('ok');
    expect(await against()).toBeUndefined();
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

  it('looks at one password after the other, and refuses no good one for company', async () => {
    const { check, hold, verified } = await setup(guarded);
    const gate = Promise.withResolvers<void>();
    hold(gate.promise);
    const tries = [check('secret'), check('secret'), check('secret')];
    await new Promise((resolve) => setImmediate(resolve));
    expect(verified).toHaveLength(1);
    gate.resolve();
    expect((await Promise.all(tries)).map(({ kind }) => kind)).toEqual(['ok', 'ok', 'ok']);
  });

  it('lets guesses that arrive at once see no more passwords than the realm allows', async () => {
    const { check, verified, against, pretended } = await setup(guarded);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => check(`guess${index}`)));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['invalid']));
    expect([verified.length, pretended.length]).toEqual([2, 18]);
    expect(await against()).toMatchObject({ numFailures: 2 });
  });

  it('tells when it locks, once, and for how long', async () => {
    const { check, context, user } = await setup({
      ...guarded,
      permanentLockout: true,
      maxTemporaryLockouts: 1,
      quickLoginCheckMilliSeconds: 0,
    });
    for (let count = 0; count < 4; count += 1) await check('wrong');
    context.clock.advanceSeconds(61);
    await check('wrong');
    const until = new Date(1_800_000_060_000).toISOString().slice(0, 19);
    expect(context.emitted).toMatchObject([
      {
        type: 'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
        userId: user.id,
        details: { reason: 'brute_force_attack detected', not_before: until, num_failures: '2' },
      },
      {
        type: 'USER_DISABLED_BY_PERMANENT_LOCKOUT',
        userId: user.id,
        details: { reason: 'brute_force_attack detected', num_failures: '3' },
      },
    ]);
  });

  it('looks at no password while the counter cannot be reached, and asks to come back', async () => {
    const unreachable = async () => {
      throw new ServerError('KG_STATE_UNAVAILABLE', 'the owner of the counter does not answer');
    };
    const { check, verified } = await setup(guarded, {}, { count: unreachable });
    await expect(check('secret')).rejects.toMatchObject({ code: 'KG_STATE_UNAVAILABLE', statusCode: 503, retryAfterSeconds: 1 });
    expect(verified).toEqual([]);
  });

  it('lets a good login in and refuses a bad one where the counter goes away between', async () => {
    const memory = await setup(guarded);
    const { loginFailures } = memory.context.state;
    const { check } = await setup(
      guarded,
      {},
      {
        async count(realm, userId, ipAddress, step) {
          if (step.kind !== 'begin') throw new ServerError('KG_STATE_UNAVAILABLE', 'gone');
          return loginFailures.count(realm, userId, ipAddress, step);
        },
      },
    );
    expect((await check('secret')).kind).toBe('ok');
    expect((await check('wrong')).kind).toBe('invalid');
  });

  it('gives the try back where the password could not be looked at', async () => {
    const { check, hold, against } = await setup(guarded);
    hold(Promise.reject(new ServerError('KG_HASHING_OVERLOAD', 'full')));
    await expect(check('wrong')).rejects.toMatchObject({ code: 'KG_HASHING_OVERLOAD' });
    expect(await against()).toBeUndefined();
  });
});

it('counts nothing where the realm has no brute-force protection', async () => {
  const { check, against } = await setup();
  await check('wrong');
  expect(await against()).toBeUndefined();
});
