import { describe, expect, it } from 'vitest';
import { authenticationOf } from '../realm/realm-authentication.ts';
import { defaultProfile, withProfile } from '../realm/user-profile/profile.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { loginServer, REDIRECT } from '../testing/login-server.ts';
import { redirectOf } from '../testing/test-browser.ts';

describe('update profile', () => {
  it('shows what is known, keeps what is changed, and wants a new address confirmed', async () => {
    const server = await loginServer({ user: { requiredActions: ['UPDATE_PROFILE'], attributes: { other: ['kept'] } } });
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser)).href);
    expect(page.body).toMatch(/<form id="kc-update-profile-form"[\s\S]*name="email" type="email" value="alice@example.org"/);
    expect(page.body).not.toContain('name="username"');
    const wrong = await browser.submit(page, { email: '', firstName: 'A', lastName: '<' });
    expect([...wrong.body.matchAll(/input-error-(\w+)" class/g)].map(([, name]) => name)).toEqual(['email', 'lastName']);
    const done = redirectOf(await browser.submit(wrong, { email: 'new@example.org', firstName: 'Ann', lastName: 'B' }));
    expect(done.searchParams.has('code')).toBe(true);
    expect(server.context.state.data.users[0]).toMatchObject({
      username: 'alice',
      email: 'new@example.org',
      emailVerified: false,
      firstName: 'Ann',
      attributes: { other: ['kept'] },
      requiredActions: [],
    });
    expect(server.context.emitted[0]).toMatchObject({ type: 'UPDATE_PROFILE', details: { previous_email: 'alice@example.org' } });
  });

  it('is asked for where the profile of the realm wants more than the user has', async () => {
    const phone = { name: 'phone', required: {}, permissions: { view: ['user'], edit: ['user'] } };
    const realm = withProfile(realmFixture(), { ...defaultProfile, attributes: [...defaultProfile.attributes, phone] }, 'c');
    const server = await loginServer({ realm });
    const browser = server.browser();
    const redirect = redirectOf(await server.login(browser));
    expect(redirect.searchParams.get('execution')).toBe('VERIFY_PROFILE');
    const page = await browser.get(redirect.href);
    const fields = { email: 'alice@example.org', firstName: 'A', lastName: 'B' };
    const done = redirectOf(await browser.submit(page, { ...fields, phone: '1' }));
    expect(done.searchParams.has('code')).toBe(true);
    expect(redirectOf(await server.login(server.browser())).searchParams.has('code')).toBe(true);
  });
});

describe('the terms', () => {
  const base = realmFixture();
  const authentication = authenticationOf(base);
  const requiredActions = authentication.requiredActions.map((action) => ({ ...action, enabled: true }));
  const demanded = {
    realm: { ...base, authentication: { ...authentication, requiredActions } },
    user: { requiredActions: ['TERMS_AND_CONDITIONS'] },
  };

  it('are agreed to once, at a time that is kept', async () => {
    const server = await loginServer(demanded);
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser)).href);
    expect(page.body).toContain('name="accept"');
    expect(redirectOf(await browser.submit(page, { accept: '' })).searchParams.has('code')).toBe(true);
    expect(server.context.state.data.users[0]).toMatchObject({ requiredActions: [], attributes: { terms_and_conditions: ['1800000000'] } });
  });

  it('send whoever declines back to the application without a login', async () => {
    const server = await loginServer(demanded);
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser)).href);
    const back = redirectOf(await browser.submit(page, { cancel: '' }));
    expect([back.origin + back.pathname, back.searchParams.get('error')]).toEqual([REDIRECT, 'access_denied']);
    expect(server.context.state.data.users[0]?.requiredActions).toEqual(['TERMS_AND_CONDITIONS']);
    expect(server.context.emitted.at(-1)).toMatchObject({ type: 'LOGIN_ERROR', error: 'rejected_by_user' });
  });
});
