import { describe, expect, it } from 'vitest';
import { loggedIn } from '../../testing/token-logins.ts';
import { APP, peek } from '../../testing/token-world.ts';

const USERINFO = 'protocol/openid-connect/userinfo';
const FORM = 'application/x-www-form-urlencoded';

type World = Awaited<ReturnType<typeof loggedIn>>;
type Shown = Awaited<ReturnType<World['userinfo']>>;

/** Error code and text of a challenge, each undefined where it has none. */
function challengeOf({ headers }: Shown): readonly [scheme: string | undefined, error: string | undefined, text: string | undefined] {
  const line = String(headers['www-authenticate']);
  const member = (name: string) => new RegExp(`[ ,]${name}="([^"]*)"`).exec(line)?.[1];
  return [/^(\w+) realm="test"/.exec(line)?.[1], member('error'), member('error_description')];
}

describe('RFC 6750 section 2: an access token is shown', () => {
  it.each<[string, (world: World) => Promise<Shown>]>([
    ['in the header (2.1)', ({ userinfo, tokens }) => userinfo(tokens.access_token)],
    [
      'in the header, whose scheme is written as one likes (RFC 9110 section 11.1)',
      ({ world, tokens }) => world.get(USERINFO, { authorization: `bEARER ${tokens.access_token}` }),
    ],
    ['in the header of a form', ({ world, tokens }) => world.post(USERINFO, {}, { authorization: `Bearer ${tokens.access_token}` })],
    ['in a form (2.2)', ({ world, tokens }) => world.post(USERINFO, { access_token: tokens.access_token })],
  ])('%s', async (_way, show) => {
    const opened = await loggedIn();
    const answer = await show(opened);
    expect([answer.status, answer.json]).toEqual([200, expect.objectContaining({ sub: opened.world.user.id })]);
    // Section 5.3: what a token opens is kept by nobody on the way.
    expect(answer.headers['cache-control']).toContain('no-store');
  });
});

describe('RFC 6750 section 3: who shows none is told how, and no more (3.1)', () => {
  it.each<[string, (world: World) => Promise<Shown>]>([
    ['nothing', ({ world }) => world.get(USERINFO)],
    ['a token in the address (2.3)', ({ world, tokens }) => world.get(`${USERINFO}?access_token=${tokens.access_token}`)],
    ['a token in the address of a form', ({ world, tokens }) => world.post(`${USERINFO}?access_token=${tokens.access_token}`, {})],
    [
      'a form that is none (2.2)',
      ({ world, tokens }) =>
        world.post(USERINFO, JSON.stringify({ access_token: tokens.access_token }), { 'content-type': 'application/json' }),
    ],
    ['another scheme', ({ world, tokens }) => world.get(USERINFO, { authorization: `Basic ${tokens.access_token}` })],
    ['no scheme', ({ world, tokens }) => world.get(USERINFO, { authorization: tokens.access_token })],
    ['a scheme and no token', ({ world }) => world.get(USERINFO, { authorization: 'Bearer' })],
    [
      'two tokens in one header',
      ({ world, tokens: { access_token: token } }) => world.get(USERINFO, { authorization: `Bearer ${token} ${token}` }),
    ],
    ['a token in a cookie', ({ world, tokens }) => world.get(USERINFO, { cookie: `access_token=${tokens.access_token}` })],
  ])('%s', async (_fault, show) => {
    const answer = await show(await loggedIn());
    expect([answer.status, answer.text, ...challengeOf(answer)]).toEqual([401, '', 'Bearer', undefined, undefined]);
  });
});

describe('RFC 6750 section 3.1: a token is refused', () => {
  it.each<[string, number, string, (world: World) => Promise<Shown>]>([
    [
      'shown in two ways (2)',
      400,
      'invalid_request',
      ({ world, tokens: { access_token: token } }) => world.post(USERINFO, { access_token: token }, { authorization: `Bearer ${token}` }),
    ],
    [
      'shown twice in a form',
      400,
      'invalid_request',
      ({ world, tokens: { access_token: token } }) =>
        world.post(USERINFO, `access_token=${token}&access_token=${token}`, { 'content-type': FORM }),
    ],
    ['that is none', 401, 'invalid_token', ({ userinfo }) => userinfo('abc')],
    ['that is a refresh token', 401, 'invalid_token', ({ userinfo, tokens }) => userinfo(tokens.refresh_token)],
    ['that is an ID token', 401, 'invalid_token', ({ userinfo, tokens }) => userinfo(tokens.id_token)],
    ['without its signature', 401, 'invalid_token', ({ userinfo, tokens }) => userinfo(tokens.access_token.replace(/[^.]+$/, ''))],
    [
      'with another content under its signature',
      401,
      'invalid_token',
      ({ userinfo, tokens }) => {
        const [header, , signature] = tokens.access_token.split('.');
        const claims = { ...peek(tokens.access_token).claims, preferred_username: 'root' };
        return userinfo([header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.'));
      },
    ],
    [
      'that was revoked',
      401,
      'invalid_token',
      async ({ world, userinfo, tokens }) => {
        await world.post('protocol/openid-connect/revoke', { ...APP, token: tokens.access_token });
        return userinfo(tokens.access_token);
      },
    ],
    [
      'that is over',
      401,
      'invalid_token',
      ({ world, userinfo, tokens }) => {
        world.context.clock.advanceSeconds(tokens.expires_in);
        return userinfo(tokens.access_token);
      },
    ],
    [
      'that is of no use in a form either',
      401,
      'invalid_token',
      ({ world, tokens }) => world.post(USERINFO, { access_token: tokens.refresh_token }),
    ],
    [
      'without the scope that is needed',
      403,
      'insufficient_scope',
      async ({ world, userinfo }) => userinfo((await loggedIn('', world)).tokens.access_token),
    ],
  ])('%s', async (_fault, status, error, show) => {
    const answer = await show(await loggedIn());
    expect([answer.status, answer.text, ...challengeOf(answer)]).toEqual([status, '', 'Bearer', error, expect.stringMatching(/./)]);
  });

  it('and what the challenge says can be read by pages of others, and holds nothing that would break out of it', async () => {
    const { userinfo } = await loggedIn();
    const line = String((await userinfo('x"y')).headers['www-authenticate']);
    expect(line).toMatch(/^Bearer realm="test", error="[\x20\x21\x23-\x5b\x5d-\x7e]+", error_description="[\x20\x21\x23-\x5b\x5d-\x7e]+"$/);
  });
});
