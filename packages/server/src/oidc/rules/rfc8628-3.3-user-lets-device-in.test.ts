import { describe, expect, it } from 'vitest';
import { answerAsUser, answerQuestion, DEVICES_ALLOWED, deviceCodes, poll } from '../../testing/device-flow.ts';
import { loginServer } from '../../testing/login-server.ts';
import { redirectOf } from '../../testing/test-browser.ts';

const allowed = { client: { attributes: DEVICES_ALLOWED } };
const PAGE = '/realms/test/device';

describe('RFC 8628 section 3.3: a person lets a device in', () => {
  it('by a page without scripts, a login and a question, after which the device gets tokens of a session of its own', async () => {
    const server = await loginServer(allowed);
    const codes = await deviceCodes(server);
    const browser = server.browser();
    const page = await browser.get(PAGE);
    expect([page.statusCode, page.body.includes('<script')]).toEqual([200, false]);
    const login = await browser.submit(page, { device_user_code: codes.user_code.toLowerCase().replace('-', ' ') });
    const question = await browser.get(redirectOf(await browser.submit(login, { username: 'alice', password: 'secret' })).href);
    expect((await poll(server, codes)).json().error).toBe('authorization_pending');
    const end = redirectOf(await answerQuestion(browser, question, 'accept'));
    expect(end.pathname).toBe('/realms/test/device/status');
    expect((await browser.get(end.href)).body).toContain('Device connected');
    server.context.clock.advanceSeconds(6);
    const tokens = await poll(server, codes);
    expect([tokens.statusCode, tokens.json()]).toEqual([
      200,
      expect.objectContaining({ token_type: 'Bearer', scope: expect.stringContaining('openid') }),
    ]);
    const claims = JSON.parse(Buffer.from(tokens.json().access_token.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ jti: expect.stringMatching(/^onrtdg:/), azp: 'app' });
  });

  it('asks a person who is signed in, too: nobody connects a device by opening a link (section 5.4)', async () => {
    const server = await loginServer(allowed);
    const browser = server.browser();
    await server.login(browser);
    for (const round of [1, 2]) {
      const codes = await deviceCodes(server);
      const question = await browser.get(redirectOf(await browser.get(codes.verification_uri_complete)).href);
      expect(question.body, `round ${round}`).toContain('name="accept"');
      await answerQuestion(browser, question, 'accept');
      expect((await poll(server, codes)).statusCode).toBe(200);
    }
  });

  it('or refuses it', async () => {
    const server = await loginServer(allowed);
    const codes = await deviceCodes(server);
    const end = await answerAsUser(server.browser(), codes, 'cancel');
    expect(end.body).toContain('You did not let the device in.');
    expect((await poll(server, codes)).json()).toEqual({
      error: 'access_denied',
      error_description: 'The end user denied the authorization request',
    });
  });

  it('with one answer: the second of two people is told that the code is over, and the device is the first one’s', async () => {
    const server = await loginServer(allowed);
    const codes = await deviceCodes(server);
    const [first, second] = [server.browser(), server.browser()];
    const questions = [];
    for (const browser of [first, second]) {
      const login = await browser.get(codes.verification_uri_complete);
      questions.push(await browser.get(redirectOf(await browser.submit(login, { username: 'alice', password: 'secret' })).href));
    }
    const [one, two] = questions;
    if (!one || !two) throw new Error('no questions');
    expect(redirectOf(await answerQuestion(first, one, 'accept')).search).toBe('');
    expect(redirectOf(await answerQuestion(second, two, 'cancel')).search).toBe('?error=access_denied');
    expect((await poll(server, codes)).statusCode).toBe(200);
  });

  it.each([
    ['unknown', 'BCDF-GHJK'],
    ['too short', 'BCDF'],
    ['of other letters', 'AEIO-UAEI'],
    ['no text', '"><script>alert(1)</script>'],
  ])('a code that is %s is asked for again', async (_fault, code) => {
    const server = await loginServer(allowed);
    const page = await server.browser().get(`${PAGE}?user_code=${encodeURIComponent(code)}`);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('name="device_user_code"');
    expect(page.body).toContain('This code is not known');
    expect(page.body).not.toContain('<script');
  });

  it('a code that was answered, or is over, is not known any more', async () => {
    const server = await loginServer(allowed);
    const [answered, over] = [await deviceCodes(server), await deviceCodes(server)];
    await answerAsUser(server.browser(), answered, 'accept');
    expect((await server.browser().get(answered.verification_uri_complete)).body).toContain('This code is not known');
    server.context.clock.advanceSeconds(601);
    expect((await server.browser().get(over.verification_uri_complete)).body).toContain('This code is not known');
  });

  it('says nothing of errors that it does not know', async () => {
    const server = await loginServer(allowed);
    const page = await server.browser().get(`${PAGE}/status?error=${encodeURIComponent('<b>__proto__')}`);
    expect(page.body).toContain('The device was not connected');
    expect(page.body).not.toContain('<b>__proto__');
  });
});
