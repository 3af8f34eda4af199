import type { LightMyRequestResponse } from 'fastify';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { mapperFixture } from '../../testing/fixtures.ts';
import { type LoginServer, loginServer, REDIRECT } from '../../testing/login-server.ts';
import { postForm } from '../../testing/protocol-forms.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const essential = { essential: true };
const mappers = [
  mapperFixture('oidc-claims-param-token-mapper', { 'id.token.claim': 'true', 'userinfo.token.claim': 'true' }),
  mapperFixture('oidc-claims-param-value-idtoken-mapper', { 'claim.name': 'intent', 'id.token.claim': 'true' }),
  mapperFixture('oidc-claims-param-value-idtoken-mapper', { 'claim.name': 'sub', 'id.token.claim': 'true' }),
];

const world = () => loginServer({ client: { protocolMappers: mappers } });
const asked = (claims: unknown) => ({ claims: JSON.stringify(claims) });

/** The tokens of a login, by the code that it ended with. */
async function tokensOf(server: LoginServer, answer: LightMyRequestResponse) {
  const code = redirectOf(answer).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', client_id: 'app', code, redirect_uri: REDIRECT };
  return (await postForm(server, 'protocol/openid-connect/token', form)).json() as { id_token: string; access_token: string };
}

async function userinfo(server: LoginServer, token: string): Promise<Record<string, unknown>> {
  const headers = { host: 'login.test', authorization: `Bearer ${token}` };
  return (await server.app.inject({ url: '/realms/test/protocol/openid-connect/userinfo', headers })).json();
}

const errorOf = (answer: LightMyRequestResponse) => redirectOf(answer).searchParams.get('error');

describe('OpenID Connect Core section 5.5: claims are asked for one by one', () => {
  it('gives what is essential where it was asked for, and only there', async () => {
    const server = await world();
    const claims = { id_token: { given_name: essential, email: null }, userinfo: { name: essential, family_name: { essential: false } } };
    const tokens = await tokensOf(server, await server.login(server.browser(), asked(claims)));
    const idToken = decodeJwt(tokens.id_token);
    expect(idToken).toMatchObject({ given_name: 'Alice' });
    expect(idToken).not.toHaveProperty('email');
    expect(idToken).not.toHaveProperty('name');
    const told = await userinfo(server, tokens.access_token);
    expect(told).toMatchObject({ name: 'Alice Adams' });
    expect(told).not.toHaveProperty('family_name');
    expect(told).not.toHaveProperty('given_name');
  });

  it('forgets with the next login what the last one asked for', async () => {
    const server = await world();
    const browser = server.browser();
    await server.login(browser, asked({ id_token: { given_name: essential } }));
    const tokens = await tokensOf(server, await browser.get(server.authUrl()));
    expect(decodeJwt(tokens.id_token)).not.toHaveProperty('given_name');
  });

  it('signs the one value that the request names, and never in the place of a claim of its own', async () => {
    const server = await world();
    const claims = { id_token: { intent: { ...essential, value: 'payment-7' } } };
    const tokens = await tokensOf(server, await server.login(server.browser(), asked(claims)));
    expect(decodeJwt(tokens.id_token)).toMatchObject({ intent: 'payment-7', sub: server.user.id });
    const forged = await server.login(server.browser(), asked({ id_token: { sub: { ...essential, value: 'somebody-else' } } }));
    expect(errorOf(forged)).toBe('access_denied');
  });

  it('does nothing where the client has no mapper for it', async () => {
    const server = await loginServer();
    const tokens = await tokensOf(server, await server.login(server.browser(), asked({ id_token: { email: essential } })));
    expect(decodeJwt(tokens.id_token)).not.toHaveProperty('email');
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a text', '"email"'],
    ['a number', '7'],
    ['null', 'null'],
    ['a place that is a list', '{"id_token":[]}'],
    ['a place that is a text', '{"userinfo":"email"}'],
    ['a claim that is a text', '{"id_token":{"email":"yes"}}'],
    ['a claim that is true', '{"id_token":{"email":true}}'],
    ['essential that is a text', '{"id_token":{"email":{"essential":"true"}}}'],
    ['values that are none', '{"id_token":{"acr":{"values":"1"}}}'],
    ['a claim twice', '{"id_token":{"sub":{"value":"a"},"sub":{"value":"b"}}}'],
    ['a claim twice by an escape', '{"id_token":{"sub":null,"s\\u0075b":null}}'],
    ['one that is too long', JSON.stringify({ id_token: { x: { value: 'x'.repeat(5_000) } } })],
  ])('refuses %s', async (_name, claims) => {
    const server = await world();
    const url = redirectOf(await server.browser().get(server.authUrl({ claims })));
    expect([url.searchParams.get('error'), url.searchParams.get('error_description')]).toEqual([
      'invalid_request',
      'Invalid parameter: claims',
    ]);
  });
});

describe('section 5.5.1: a subject that is named', () => {
  const named = (id: string) => asked({ id_token: { sub: { value: id } } });

  it('is answered about, by a new login and by a session', async () => {
    const server = await world();
    const browser = server.browser();
    expect(redirectOf(await server.login(browser, named(server.user.id))).searchParams.has('code')).toBe(true);
    expect(redirectOf(await browser.get(server.authUrl(named(server.user.id)))).searchParams.has('code')).toBe(true);
  });

  it('lets nobody else be answered about', async () => {
    const server = await world();
    const browser = server.browser();
    await server.login(browser);
    expect(errorOf(await browser.get(server.authUrl({ ...named('other'), prompt: 'none' })))).toBe('login_required');
    expect(errorOf(await browser.get(server.authUrl(named('other'))))).toBe('access_denied');
    expect(errorOf(await server.login(server.browser(), named('other')))).toBe('access_denied');
    expect(server.context.emitted.filter(({ error }) => error === 'different_user_authenticated')).toHaveLength(2);
  });
});

describe('section 5.5.1.1: an essential acr', () => {
  const level = (...values: string[]) => asked({ id_token: { acr: { essential: true, values } } });

  it('that a session does not have is proved anew, also where no page may be shown', async () => {
    const server = await world();
    const browser = server.browser();
    await server.login(browser);
    expect(redirectOf(await browser.get(server.authUrl(level('0')))).searchParams.has('code')).toBe(true);
    expect(errorOf(await browser.get(server.authUrl({ ...level('1'), prompt: 'none' })))).toBe('login_required');
    const again = await browser.get(server.authUrl(level('1')));
    expect(again.body).toContain('id="kc-form-login"');
    const done = await browser.submit(again, { password: 'secret' });
    expect(redirectOf(done).searchParams.has('code')).toBe(true);
  });

  it('that no login has here is refused at once; one that is not essential is a wish', async () => {
    const server = await world();
    expect((await server.browser().get(server.authUrl(level('gold')))).statusCode).toBe(400);
    const wish = asked({ id_token: { acr: { values: ['gold'] } } });
    expect((await server.browser().get(server.authUrl(wish))).statusCode).toBe(200);
  });
});
