import { HOTP, Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import type { Realm } from '../model/index.ts';
import { authenticationOf } from '../realm/realm-authentication.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { type LoginServer, loginServer } from '../testing/login-server.ts';
import { redirectOf } from '../testing/test-browser.ts';

const SECRET = 'abcdefghij0123456789';
const secret = new Secret({ buffer: new TextEncoder().encode(SECRET).buffer });
const codeAt = (server: LoginServer, seconds = 0) =>
  new TOTP({ secret, digits: 6, algorithm: 'SHA1' }).generate({ timestamp: server.context.clock.nowMs() + seconds * 1_000 });

/** A realm whose flows have these steps switched to these requirements. */
function withSteps(requirements: Readonly<Record<string, 'REQUIRED' | 'ALTERNATIVE'>>): Partial<Realm> {
  const base = realmFixture();
  const authentication = authenticationOf(base);
  const flows = authentication.flows.map((flow) => ({
    ...flow,
    executions: flow.executions.map((one) => {
      const requirement = requirements[one.authenticator ?? ''];
      return requirement === undefined ? one : { ...one, requirement };
    }),
  }));
  return { ...base, authentication: { ...authentication, flows } };
}

async function withDevice(realm: Partial<Realm> = {}) {
  const server = await loginServer({ realm });
  await server.context.secondFactors.addOtp(server.realm, server.user, SECRET, 'phone', 0);
  return server;
}

describe('setting an authenticator up', () => {
  it('shows the key as a picture and as text, and keeps the device when a code of it is shown', async () => {
    const server = await loginServer({ user: { requiredActions: ['CONFIGURE_TOTP'] } });
    const browser = server.browser();
    const page = await browser.get(redirectOf(await server.login(browser)).href);
    expect(page.headers['content-security-policy']).toContain("img-src 'self' data:");
    expect(page.body).toMatch(/id="kc-totp-secret-qr-code" class="qr" src="data:image\/svg\+xml;base64,/);
    const shown = /name="totpSecret" value="([A-Za-z0-9]{20})"/.exec(page.body)?.[1] ?? '';
    const typed = /id="kc-totp-secret-key">([A-Z2-7 ]+)</.exec(page.body)?.[1]?.replaceAll(' ', '') ?? '';
    expect(Buffer.from(Secret.fromBase32(typed).buffer).toString()).toBe(shown);
    const wrong = await browser.submit(page, { totp: '000000', totpSecret: shown, userLabel: 'x' });
    expect(wrong.body).toContain('Invalid authenticator code.');
    expect(wrong.body).toContain(`value="${shown}"`);
    const totp = new TOTP({ secret: Secret.fromBase32(typed), digits: 6 }).generate({ timestamp: server.context.clock.nowMs() });
    expect(redirectOf(await browser.submit(wrong, { totp, totpSecret: shown, userLabel: 'phone' })).searchParams.has('code')).toBe(true);
    expect(await server.context.secondFactors.devices(server.user)).toMatchObject([{ label: 'phone' }]);
    expect(server.context.state.data.users[0]?.requiredActions).toEqual([]);
  });

  it('is demanded where the flow requires a code and the user has no device', async () => {
    const base = withSteps({ 'auth-otp-form': 'REQUIRED' });
    const { flows = [], configs = [], requiredActions = [] } = base.authentication ?? {};
    const forms = flows.map((flow) => ({
      ...flow,
      executions: flow.executions.map((one) =>
        one.flowId === flows.find(({ alias }) => alias === 'Browser - Conditional 2FA')?.id
          ? { ...one, requirement: 'REQUIRED' as const }
          : one,
      ),
    }));
    const server = await loginServer({ realm: { ...base, authentication: { flows: forms, configs, requiredActions } } });
    const redirect = redirectOf(await server.login(server.browser()));
    expect(redirect.searchParams.get('execution')).toBe('CONFIGURE_TOTP');
    expect(server.context.state.data.users[0]?.requiredActions).toEqual(['CONFIGURE_TOTP']);
  });
});

describe('a login', () => {
  it.each([false, true])('reads the credentials of its user once, with brute-force protection %s', async (bruteForceProtected) => {
    const server = await loginServer({ realm: { bruteForceProtected } });
    expect(redirectOf(await server.login(server.browser())).searchParams.has('code')).toBe(true);
    expect(server.context.credentials.reads()).toBe(1);
  });

  it('reads them once in a password grant whose flow looks for a device', async () => {
    const server = await loginServer({ client: { directAccessGrantsEnabled: true } });
    const payload = new URLSearchParams({ grant_type: 'password', client_id: 'app', username: 'alice', password: 'secret' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const url = '/realms/test/protocol/openid-connect/token';
    expect((await server.app.inject({ method: 'POST', url, payload, headers })).statusCode).toBe(200);
    expect(server.context.credentials.reads()).toBe(1);
  });
});

describe('signing in with a code', () => {
  it('asks for it after the password, takes it once, and within the window', async () => {
    const server = await withDevice();
    const browser = server.browser();
    const page = await server.login(browser);
    expect(page.body).toContain('id="kc-otp-login-form"');
    expect(page.body).toMatch(/id="kc-attempted-username"[^>]* value="alice"/);
    const wrong = await browser.submit(page, { otp: '000000' });
    expect(wrong.body).toContain('Invalid authenticator code.');
    const code = codeAt(server, -30);
    expect(redirectOf(await browser.submit(wrong, { otp: code })).searchParams.has('code')).toBe(true);
    const other = server.browser();
    const again = await other.submit(await server.login(other), { otp: code });
    expect(again.body).toContain('Invalid authenticator code.');
    expect((await other.submit(again, { otp: codeAt(server, 90) })).statusCode).toBe(200);
    const reload = await other.get(server.authUrl());
    expect(reload.body).toContain('id="kc-form-login"');
  });

  it('lets nobody past it by the address of a later step or by a second password form', async () => {
    const server = await withDevice();
    const browser = server.browser();
    const page = await server.login(browser);
    const action = /action="([^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const skipped = await browser.get(action.replace('authenticate', 'required-action'));
    expect(redirectOf(skipped).pathname).toContain('/login-actions/authenticate');
    const shown = await browser.get(action.replace(/session_code=[^&]*&/, ''));
    expect(shown.body).toContain('id="kc-otp-login-form"');
    expect((await browser.submit(shown, { username: 'alice', password: 'secret' })).body).toContain('Invalid authenticator code.');
  });

  it('by counter moves the counter on', async () => {
    const other = { ...realmFixture().other, otpPolicyType: 'hotp', otpPolicyDigits: 8, otpPolicyAlgorithm: 'HmacSHA256' };
    const server = await withDevice({ other });
    const codes = [0, 1, 2].map((counter) => new HOTP({ secret, digits: 8, algorithm: 'SHA256' }).generate({ counter }));
    const browser = server.browser();
    const page = await server.login(browser);
    // The set-up used the code of counter 0.
    const wrong = await browser.submit(page, { otp: codes[0] ?? '' });
    expect(wrong.body).toContain('Invalid authenticator code.');
    expect(redirectOf(await browser.submit(wrong, { otp: codes[2] ?? '' })).searchParams.has('code')).toBe(true);
    const second = server.browser();
    expect((await second.submit(await server.login(second), { otp: codes[1] ?? '' })).body).toContain('Invalid authenticator code.');
  });

  it('is wanted by the password grant too', async () => {
    const server = await withDevice();
    const token = (fields: Readonly<Record<string, string>>) =>
      server.browser().post('/realms/test/protocol/openid-connect/token', {
        grant_type: 'password',
        client_id: 'app',
        username: 'alice',
        password: 'secret',
        ...fields,
      });
    expect((await token({})).json()).toEqual({ error: 'invalid_grant', error_description: 'Invalid user credentials' });
    expect((await token({ otp: '000000' })).statusCode).toBe(400);
    const code = codeAt(server);
    expect((await token({ otp: code })).statusCode).toBe(200);
    expect((await token({ otp: code })).statusCode).toBe(400);
  });

  it('counts wrong codes for brute-force protection, and the right password does not wipe them out', async () => {
    const server = await withDevice({ bruteForceProtected: true, failureFactor: 3, quickLoginCheckMilliSeconds: 0 });
    for (let count = 0; count < 3; count += 1) {
      const browser = server.browser();
      await browser.submit(await server.login(browser), { otp: '000000' });
    }
    const locked = await server.login(server.browser());
    expect(locked.body).toContain('Invalid username or password.');
  });
});

describe('recovery codes', () => {
  it('are shown once and each sign the user in once, in their order, in place of the device', async () => {
    const server = await loginServer({
      realm: withSteps({ 'auth-recovery-authn-code-form': 'ALTERNATIVE' }),
      user: { requiredActions: ['CONFIGURE_RECOVERY_AUTHN_CODES'] },
    });
    const setUp = server.browser();
    const page = await setUp.get(redirectOf(await server.login(setUp)).href);
    const codes = [...page.body.matchAll(/<li><code>([A-Z0-9-]+)</g)].map(([, code]) => code ?? '');
    expect(codes).toHaveLength(12);
    const hidden = /name="generatedRecoveryAuthnCodes" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    expect(redirectOf(await setUp.submit(page, { generatedRecoveryAuthnCodes: hidden })).searchParams.has('code')).toBe(true);
    await server.context.secondFactors.addOtp(server.realm, server.user, SECRET, 'phone', 0);
    const browser = server.browser();
    const form = await server.login(browser);
    const other = /name="authenticationExecution" value="([^"]+)"/.exec(form.body)?.[1] ?? '';
    const recovery = await browser.submit(form, { authenticationExecution: other });
    expect(recovery.body).toContain('Recovery code #1');
    const wrong = await browser.submit(recovery, { recoveryCodeInput: codes[1] ?? '' });
    expect(wrong.body).toContain('Invalid recovery code.');
    const typed = (codes[0] ?? '').toLowerCase();
    expect(redirectOf(await browser.submit(wrong, { recoveryCodeInput: typed })).searchParams.has('code')).toBe(true);
    expect(await server.context.secondFactors.nextRecovery(server.user)).toBe(2);
  });
});
