import { describe, expect, it } from 'vitest';
import type { Realm } from '../model/index.ts';
import { authenticationOf } from '../realm/realm-authentication.ts';
import { defaultProfile, type UserProfile, withProfile } from '../realm/user-profile/profile.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { loginServer, REDIRECT } from '../testing/login-server.ts';
import { formAction, redirectOf } from '../testing/test-browser.ts';

const both = ['admin', 'user'];
const anyone = { view: both, edit: both };

async function open(realm: Partial<Realm> = {}, profile?: Partial<UserProfile>) {
  const base = realmFixture({ registrationAllowed: true, ...realm });
  const server = await loginServer({ realm: profile === undefined ? base : withProfile(base, { ...defaultProfile, ...profile }, 'c') });
  const browser = server.browser();
  const login = await browser.get(server.authUrl());
  const url = /href="([^"]*login-actions\/registration[^"]*)"/.exec(login.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  return { server, browser, page: await browser.get(url) };
}

const bob = { username: 'Bob', email: 'Bob@Example.org', firstName: 'Bob', lastName: 'B', password: 'pw', 'password-confirm': 'pw' };
const errorOf = (body: string, field: string) => new RegExp(`id="input-error-${field}"[^>]*>([^<]*)<`).exec(body)?.[1];

describe('registration', () => {
  it('asks for the profile and a password, makes the account, and logs in', async () => {
    const { server, browser, page } = await open();
    expect([...page.body.matchAll(/<input id="([^"]+)" name="([^"]+)"/g)].map(([, id, name]) => [id, name])).toEqual(
      ['username', 'password', 'password-confirm', 'email', 'firstName', 'lastName'].map((name) => [name, name]),
    );
    const done = redirectOf(await browser.submit(page, bob));
    expect([done.origin + done.pathname, done.searchParams.has('code')]).toEqual([REDIRECT, true]);
    const user = server.context.state.data.users.find(({ username }) => username === 'bob');
    expect(user).toMatchObject({ email: 'bob@example.org', firstName: 'Bob', emailVerified: false, enabled: true });
    expect(server.context.passwordsOf.get(user?.id ?? '')).toBe('pw');
    expect(server.context.emitted.map(({ type }) => type)).toEqual(['REGISTER', 'LOGIN']);
  });

  it.each([
    [
      { username: '', email: '', firstName: '', lastName: '', password: '', 'password-confirm': '' },
      ['username', 'email', 'firstName', 'lastName', 'password'],
    ],
    [{ username: 'alice', email: 'ALICE@example.org' }, ['username', 'email']],
    [{ 'password-confirm': 'other' }, ['password-confirm']],
    [{ username: 'a b', email: 'nonsense', firstName: '<b' }, ['username', 'email', 'firstName']],
  ])('tells at the fields what is wrong with %j', async (change, fields) => {
    const { server, browser, page } = await open();
    const again = await browser.submit(page, { ...bob, ...change });
    expect(again.statusCode).toBe(200);
    const wrong = ['username', 'email', 'firstName', 'lastName', 'password', 'password-confirm'].filter((name) =>
      errorOf(again.body, name),
    );
    expect(wrong.sort()).toEqual([...fields].sort());
    expect(again.body).not.toContain('value="pw"');
    expect(server.context.state.data.users).toHaveLength(1);
    expect(redirectOf(await browser.submit(again, bob)).searchParams.has('code')).toBe(true);
  });

  it('makes one account of a form that is sent twice', async () => {
    const { server, browser, page } = await open();
    await browser.submit(page, bob);
    await browser.post(formAction(page), { ...bob, username: 'second', email: 'second@example.org' });
    expect(server.context.state.data.users).toHaveLength(2);
  });

  it('by the address alone where that is the user name', async () => {
    const { server, browser, page } = await open({ registrationEmailAsUsername: true });
    expect(page.body).not.toContain('name="username"');
    const taken = await browser.submit(page, { ...bob, email: 'alice@example.org' });
    expect(errorOf(taken.body, 'email')).toBe('Email already exists.');
    await browser.submit(taken, bob);
    expect(server.context.state.data.users.at(-1)?.username).toBe('bob@example.org');
  });

  it('asks for what the realm adds to the profile, judges it, and keeps it', async () => {
    const attributes: UserProfile['attributes'] = [
      ...defaultProfile.attributes,
      {
        name: 'color',
        displayName: 'Colour',
        required: {},
        permissions: anyone,
        validations: { options: { options: ['red', 'blue'] } },
        annotations: { inputType: 'select' },
      },
      { name: 'age', permissions: anyone, validations: { integer: { min: 18 } } },
      { name: 'langs', permissions: anyone, multivalued: true },
      { name: 'secret', permissions: { view: ['admin'], edit: ['admin'] } },
      { name: 'shown', permissions: { view: both, edit: ['admin'] }, defaultValue: 'fixed' },
      { name: 'scoped', required: { scopes: ['phone'] }, permissions: anyone },
      { name: 'hidden', selector: { scopes: ['address'] }, permissions: anyone },
    ];
    const { server, browser, page } = await open({}, { attributes });
    expect(page.body).toContain('<option value="red">red</option>');
    expect(page.body).toMatch(/name="shown"[^>]* value="fixed"[^>]* disabled/);
    expect([page.body.includes('name="secret"'), page.body.includes('name="hidden"')]).toEqual([false, false]);
    const again = await browser.submit(page, { ...bob, color: 'green', age: '17', secret: 'x', shown: 'y' });
    expect(['color', 'age', 'scoped'].map((name) => errorOf(again.body, name))).toEqual([
      'This value is not allowed.',
      'The number must be at least 18.',
      undefined,
    ]);
    const form = new URLSearchParams({ ...bob, color: 'red', age: '18', secret: 'x', shown: 'y' });
    for (const language of ['de', 'en', '']) form.append('langs', language);
    const done = await browser.post(formAction(again), form);
    expect(redirectOf(done).searchParams.has('code')).toBe(true);
    expect(server.context.state.data.users.at(-1)?.attributes).toEqual({ color: ['red'], age: ['18'], langs: ['de', 'en'] });
  });

  it('wants the terms agreed to where the flow says so, and then what the realm demands of new users', async () => {
    const base = realmFixture({ registrationAllowed: true });
    const { flows, requiredActions, configs } = authenticationOf(base);
    const authentication = {
      configs,
      flows: flows.map((flow) => ({
        ...flow,
        executions: flow.executions.map((one) =>
          one.authenticator === 'registration-terms-and-conditions' ? { ...one, requirement: 'REQUIRED' as const } : one,
        ),
      })),
      requiredActions: requiredActions.map((one) => (one.providerId === 'UPDATE_PROFILE' ? { ...one, defaultAction: true } : one)),
    };
    const { server, browser, page } = await open({ ...base, authentication });
    const again = await browser.submit(page, bob);
    expect(errorOf(again.body, 'terms-accepted')).toBe('Please agree to the terms and conditions.');
    const next = redirectOf(await browser.submit(again, { ...bob, termsAccepted: 'on' }));
    expect(next.searchParams.get('execution')).toBe('UPDATE_PROFILE');
    expect(server.context.state.data.users.at(-1)?.attributes['terms_and_conditions']?.[0]).toMatch(/^\d{10}$/);
  });

  it('is begun by prompt=create and by the address for registrations, and by nothing where the realm does not want it', async () => {
    const { server } = await open();
    const created = await server.browser().get(server.authUrl({ prompt: 'create' }));
    expect(created.body).toContain('id="kc-register-form"');
    const address = server.authUrl().replace('/auth?', '/registrations?');
    expect((await server.browser().get(address)).body).toContain('id="kc-register-form"');
    const closed = await loginServer();
    expect((await closed.browser().get(closed.authUrl())).body).not.toContain('registration');
    const refused = await closed.browser().get(closed.authUrl({ prompt: 'create' }));
    expect([refused.statusCode, refused.body.includes('Nobody can register here')]).toEqual([400, true]);
  });
});
