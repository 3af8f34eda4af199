import { createHash, createHmac, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { type Answer, CookieJar, call } from '../bench/drivers/http.ts';
import { formAction, onNode } from '../bench/drivers/login-walk.ts';
import { askedForDevice, type ClientKeys, clientKeys, protocolRealm, REDIRECT_URI } from './support/protocol-realm.ts';
import { startTestCluster, type TestCluster } from './support/test-cluster.ts';

const ROUNDS = 25;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const SECRET = 'a-secret-that-is-long-enough-for-every-hash-0123456789-0123456789';

const UPSTREAM = 'https://up.example';

/** A provider of identities that signs by the keys of the client `key`. */
const upstream = ({ url }: ClientKeys) => ({
  alias: 'up',
  providerId: 'oidc',
  enabled: true,
  config: {
    issuer: UPSTREAM,
    authorizationUrl: `${UPSTREAM}/auth`,
    tokenUrl: `${UPSTREAM}/token`,
    clientId: 'broker',
    clientSecret: 'secret',
    validateSignature: 'true',
    jwksUrl: url,
  },
});

const OTP_USERS = 5;
const OTP_SECRET = 'abcdefghij0123456789';

/** Users of a realm file whose password grants need a code of an authenticator as well. */
function otpUsers(subType: 'totp' | 'hotp'): unknown[] {
  const settings = { subType, digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' };
  const otp = { type: 'otp', secretData: JSON.stringify({ value: OTP_SECRET }), credentialData: JSON.stringify(settings) };
  return Array.from({ length: OTP_USERS }, (_, index) => ({
    username: `${subType}${index}`,
    enabled: true,
    firstName: 'One',
    lastName: 'Time',
    email: `${subType}${index}@example.org`,
    credentials: [{ type: 'password', value: 'pass' }, otp],
  }));
}

const RECOVERY_CODES = ['AAAA1111BBBB', 'CCCC2222DDDD', 'EEEE3333FFFF', 'GGGG4444HHHH'];

/** A user of a realm file who has codes on paper. */
function recoveryUser(): unknown {
  const codes = RECOVERY_CODES.map((code, index) => ({
    number: index + 1,
    encodedHashedValue: createHash('sha512').update(code).digest('base64'),
  }));
  const settings = { algorithm: 'SHA-512', totalCodes: codes.length, remainingCodes: codes.length };
  const credential = { type: 'recovery-authn-codes', secretData: JSON.stringify({ codes }), credentialData: JSON.stringify(settings) };
  return {
    ...(otpUsers('totp')[0] as object),
    username: 'paper',
    email: 'paper@example.org',
    credentials: [{ type: 'password', value: 'pass' }, credential],
  };
}

/** One code of RFC 4226 section 5.3. */
function hotp(secret: string, counter: number): string {
  const text = Buffer.alloc(8);
  text.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(text).digest();
  const number = (mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7f_ff_ff_ff) % 1_000_000;
  return String(number).padStart(6, '0');
}

describe('what is good once, raced on three nodes', () => {
  let cluster: TestCluster;
  let keys: ClientKeys;
  beforeAll(async () => {
    keys = await clientKeys();
    const realm = protocolRealm(keys);
    const users = [...(realm['users'] as unknown[]), ...otpUsers('totp'), ...otpUsers('hotp'), recoveryUser()];
    cluster = await startTestCluster(3, {
      realms: [{ ...realm, users, revokeRefreshToken: true, identityProviders: [upstream(keys)] }],
    });
  });
  afterAll(async () => {
    await cluster?.stop();
    await keys?.[Symbol.asyncDispose]();
  });

  const at = (base: string, path: string): string => `${base}/realms/test/protocol/openid-connect/${path}`;
  const issuer = (): string => `${cluster.server.bases[0]}/realms/test`;
  const onAll = (send: (base: string) => Promise<Answer>): Promise<Answer[]> => Promise.all(cluster.server.bases.map(send));
  const json = (answer: Answer) => JSON.parse(answer.text) as Record<string, string>;
  const errors = (answers: readonly Answer[]): string[] =>
    answers.filter(({ status }) => status !== 200).map((answer) => json(answer)['error_description'] ?? '');
  const nowSeconds = (): number => Math.floor(Date.now() / 1000);

  it('a pushed request opens one login (RFC 9126 section 7.3)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [first = ''] = cluster.server.bases;
      const form = { client_id: 'pushing', client_secret: SECRET, redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid' };
      const { request_uri: uri = '' } = json(await call(at(first, 'ext/par/request'), { form }));
      const query = new URLSearchParams({ client_id: 'pushing', request_uri: uri });
      const answers = await onAll((base) => call(`${at(base, 'auth')}?${query}`));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    }
  });

  it('a proof binds one answer (RFC 9449 section 11.1)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    for (let round = 0; round < ROUNDS; round += 1) {
      const claims = { jti: randomUUID(), htm: 'POST', htu: `${issuer()}/protocol/openid-connect/token`, iat: nowSeconds() };
      const dpop = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).sign(privateKey);
      const form = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'app-secret' };
      const answers = await onAll((base) => call(at(base, 'token'), { form, headers: { dpop } }));
      expect(errors(answers)).toEqual(['DPoP proof has already been used', 'DPoP proof has already been used']);
    }
  });

  it.each(['totp', 'hotp'] as const)(
    'a code of an authenticator lets its user in once: %s (RFC 6238 section 5.2, RFC 4226)',
    async (type) => {
      for (let user = 0; user < OTP_USERS; user += 1) {
        const totp = hotp(OTP_SECRET, type === 'hotp' ? 0 : Math.floor(nowSeconds() / 30));
        const form = {
          grant_type: 'password',
          client_id: 'app',
          client_secret: 'app-secret',
          username: `${type}${user}`,
          password: 'pass',
          totp,
        };
        const answers = await onAll((base) => call(at(base, 'token'), { form }));
        expect(errors(answers)).toEqual(['Invalid user credentials', 'Invalid user credentials']);
      }
    },
  );

  it('a recovery code lets its user in once, the last one too', async () => {
    const [first = ''] = cluster.server.bases;
    const token = await adminToken(first);
    const path = '/realms/test/authentication/flows/browser/executions';
    const steps = (await admin(first, token, 'GET', path)) as { providerId?: string }[];
    const step = steps.find(({ providerId }) => providerId === 'auth-recovery-authn-code-form');
    await admin(first, token, 'PUT', path, { ...step, requirement: 'ALTERNATIVE' }, [204]);
    const query = new URLSearchParams({ client_id: 'app', redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid' });
    /** Sends what a page's form asks for to one node. */
    const submit = (base: string, jar: CookieJar, page: Answer, form: Record<string, string>) =>
      call(onNode(formAction(page.text) ?? '', base), { jar, form });
    for (const recoveryCodeInput of RECOVERY_CODES) {
      const asked = await Promise.all(
        cluster.server.bases.map(async (base) => {
          const jar = new CookieJar();
          const page = await call(`${at(base, 'auth')}?${query}`, { jar });
          return { base, jar, page: await submit(base, jar, page, { username: 'paper', password: 'pass' }) };
        }),
      );
      for (const { page } of asked) expect(page.text).toContain('name="recoveryCodeInput"');
      const answers = await Promise.all(asked.map(({ base, jar, page }) => submit(base, jar, page, { recoveryCodeInput })));
      const isIn = ({ status, headers }: Answer): boolean => status === 302 && headers.location?.includes('code=') === true;
      expect(answers.filter(isIn)).toHaveLength(1);
      // The others are asked again, or, once the last code is gone, told that there is nothing to ask for.
      for (const { status, headers } of answers.filter((answer) => !isIn(answer)))
        expect([[200, 400].includes(status), headers.location]).toEqual([true, undefined]);
    }
  });

  it('an assertion lets its client in once (RFC 7523 section 3)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const claims = { iss: 'key', sub: 'key', aud: issuer(), jti: randomUUID(), exp: nowSeconds() + 60 };
      const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'signing' }).sign(keys.signing);
      const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
      const answers = await onAll((base) => call(at(base, 'token'), { form }));
      expect(errors(answers)).toEqual(['Token reuse detected', 'Token reuse detected']);
    }
  });

  it('a device is let in by one answer, and gets its tokens once (RFC 8628 sections 3.3 to 3.5)', async () => {
    const [first = ''] = cluster.server.bases;
    for (let round = 0; round < 6; round += 1) {
      const codes = json(await call(at(first, 'auth/device'), { form: { client_id: 'device', scope: 'openid' } }));
      const uri = codes['verification_uri_complete'] ?? '';
      const [yes, no] = await Promise.all([askedForDevice(uri, 1), askedForDevice(uri, 2)]);
      const ends = await Promise.all([yes('accept'), no('cancel')]);
      expect(ends.filter((end) => /\/device\/status(?:\?error=(?:access_denied|expired_token))?$/.test(end))).toHaveLength(2);
      const form = { grant_type: DEVICE_GRANT, client_id: 'device', device_code: codes['device_code'] };
      const accepted = ends[0]?.endsWith('/device/status') === true;
      const answers = await onAll((base) => call(at(base, 'token'), { form }));
      const outcomes = answers.map((answer) => json(answer)['error'] ?? 'tokens').sort();
      expect(outcomes).toContain(accepted ? 'tokens' : 'access_denied');
      expect(outcomes.filter((outcome) => outcome === 'slow_down' || outcome === 'invalid_grant')).toHaveLength(2);
    }
  });

  it('keys of a client count as hits of the cache, and its issuer is asked once a node', async () => {
    const scrapes = await Promise.all(cluster.server.managementBases.map((base) => call(`${base}/metrics`)));
    for (const { text } of scrapes) {
      const value = (name: string): number =>
        Number(new RegExp(`^vendor_statistics_${name}\\{[^}]*cache="keys"[^}]*\\} (\\S+)`, 'm').exec(text)?.[1]);
      expect(value('hits')).toBeGreaterThanOrEqual(ROUNDS - 1);
      expect([value('stores'), value('number_of_entries')]).toEqual([1, 1]);
    }
  });

  it('a logout token of a provider counts once (OpenID Connect Back-Channel Logout section 2.6)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      const claims = { iss: UPSTREAM, aud: 'broker', sub: 'nobody', jti: randomUUID(), iat: nowSeconds(), exp: nowSeconds() + 60, events };
      const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'signing', typ: 'logout+jwt' }).sign(keys.signing);
      const answers = await onAll((base) => call(at(base, 'logout/backchannel-logout'), { form: { logout_token: token } }));
      expect(errors(answers)).toEqual(['The logoutToken was used already', 'The logoutToken was used already']);
    }
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT({ iss: UPSTREAM, aud: 'broker' })
      .setProtectedHeader({ alg: 'ES256', kid: 'signing' })
      .sign(privateKey);
    const refused = await onAll((base) => call(at(base, 'logout/backchannel-logout'), { form: { logout_token: forged } }));
    expect(errors(refused)).toEqual(Array(3).fill('the token is not signed by the provider'));
  });

  it('the way back from a provider leads on once (OpenID Connect Core section 3.1.2.7)', async () => {
    const [first = ''] = cluster.server.bases;
    const query = { client_id: 'app', redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid', kc_idp_hint: 'up' };
    for (let round = 0; round < 6; round += 1) {
      const jar = new CookieJar();
      const toLogin = await call(`${at(first, 'auth')}?${new URLSearchParams(query).toString()}`, { jar });
      const toProvider = await call(toLogin.headers.location ?? '', { jar });
      const state = new URL(toProvider.headers.location ?? '').searchParams.get('state') ?? '';
      const back = new URLSearchParams({ state, error: 'access_denied' }).toString();
      const answers = await onAll((base) => call(`${base}/realms/test/broker/up/endpoint?${back}`, { jar }));
      expect(answers.filter(({ text }) => text.includes('did not sign you in'))).toHaveLength(1);
    }
  });

  it('a revoked token stays revoked, and a used refresh token used, where every node died (RFC 7009 section 2, RFC 9700 section 4.14)', async () => {
    const { server } = cluster;
    const [first = ''] = server.bases;
    const secret = { client_id: 'app', client_secret: 'app-secret' };
    const login = { grant_type: 'password', username: 'user3', password: 'password3', scope: 'openid', ...secret };
    const [revoked = {}, kept = {}] = [
      json(await call(at(first, 'token'), { form: login })),
      json(await call(at(first, 'token'), { form: login })),
    ];
    const userinfo = (token: string | undefined) => call(at(first, 'userinfo'), { headers: { authorization: `Bearer ${token}` } });
    await call(at(first, 'revoke'), { form: { token: revoked['access_token'], ...secret } });
    expect([(await userinfo(revoked['access_token'])).status, (await userinfo(kept['access_token'])).status]).toEqual([401, 200]);
    const refresh = (token: string | undefined) =>
      call(at(first, 'token'), { form: { grant_type: 'refresh_token', refresh_token: token, ...secret } });
    expect((await refresh(kept['refresh_token'])).status).toBe(200);
    for (const index of [0, 1, 2]) server.signal(index, 'SIGKILL');
    await Promise.all(server.nodes.map((node) => node.exited));
    await server.startNode(0);
    expect([(await userinfo(revoked['access_token'])).status, (await userinfo(kept['access_token'])).status]).toEqual([401, 200]);
    expect((await refresh(kept['refresh_token'])).status, 'a refresh token that was used before').toBe(400);
  });
});
