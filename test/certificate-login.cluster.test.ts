import { createHash } from 'node:crypto';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieJar, call } from '../bench/drivers/http.ts';
import { formAction } from '../bench/drivers/login-walk.ts';
import type { IssuedCertificate } from '../packages/server/src/testing/certificate-authority.ts';
import { makeAuthority } from '../packages/server/src/testing/certificate-authority.ts';
import { findFacility } from '../scripts/testing/skips.ts';
import { type CertificateCluster, programOf, startCertificateCluster, type Way } from './support/certificate-cluster.ts';
import { until } from './support/test-cluster.ts';
import { type TlsIdentity, tlsCall } from './support/tls-call.ts';

const HOUR_MS = 3_600_000;
const AUTH =
  '/realms/test/protocol/openid-connect/auth?client_id=app&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback&response_type=code&scope=openid';
const TOKEN = '/realms/test/protocol/openid-connect/token';
const BY_NAME = {
  'x509-cert-auth.mapping-source-selection': "Subject's Common Name",
  'x509-cert-auth.mapper-selection': 'Username or Email',
};

describe('a login by certificate', () => {
  let world: CertificateCluster;
  let user1: IssuedCertificate;
  let configId = '';
  const identity = (one?: IssuedCertificate): TlsIdentity => ({ ca: world.root.pem, ...(one && { cert: one.pem, key: one.key }) });
  const base = (way: Way = 'direct'): string => world.bases.get(way) ?? '';

  /** Gives the browser step other settings. */
  async function settings(config: Record<string, string>): Promise<void> {
    const body = { id: configId, alias: 'x509', config: { ...BY_NAME, ...config } };
    let status = 503;
    // 503 asks for another try: on a busy machine a node may have to wait for the others longer than a request does.
    await until('the settings are taken', async () => {
      ({ status } = await world.admin('PUT', `/authentication/config/${configId}`, body));
      return status !== 503;
    });
    expect(status).toBe(204);
  }

  const open = (one: IssuedCertificate | undefined, way: Way = 'direct', jar = new CookieJar()) =>
    tlsCall(base(way) + AUTH, identity(one), { jar });

  /** What the first page says: the user of the certificate, or that a password is wanted. */
  async function firstPage(one: IssuedCertificate | undefined, way: Way = 'direct'): Promise<string> {
    const page = await open(one, way);
    if (page.status === 302) return page.headers.location?.includes('code=') ? 'logged in' : `redirect ${page.headers.location}`;
    return /id="username">([^<]*)</.exec(page.text)?.[1] ?? (page.text.includes('name="password"') ? 'password' : `${page.status}`);
  }

  beforeAll(async () => {
    world = await startCertificateCluster();
    user1 = await world.root.issue({ subject: 'O=Example, CN=user1', serial: '4a' });
    const { admin } = world;
    await admin('POST', '/authentication/flows/browser/copy', { newName: 'certificates' });
    const added = await admin('POST', '/authentication/flows/certificates/executions/execution', {
      provider: 'auth-x509-client-username-form',
    });
    const executionId = added.location?.split('/').at(-1) ?? '';
    const executions = JSON.parse((await admin('GET', '/authentication/flows/certificates/executions')).text) as { id: string }[];
    const step = executions.find(({ id }) => id === executionId);
    await admin('PUT', '/authentication/flows/certificates/executions', { ...step, requirement: 'ALTERNATIVE', priority: 11 });
    configId =
      (await admin('POST', `/authentication/executions/${executionId}/config`, { alias: 'x509', config: BY_NAME })).location
        ?.split('/')
        .at(-1) ?? '';
    const machine = {
      clientId: 'machine',
      serviceAccountsEnabled: true,
      clientAuthenticatorType: 'client-x509',
      attributes: { 'x509.subjectdn': 'CN=machine', 'tls.client.certificate.bound.access.tokens': 'true' },
    };
    expect((await admin('POST', '/clients', machine)).status).toBe(201);
    const realm = JSON.parse((await admin('GET', '')).text) as object;
    expect((await admin('PUT', '', { ...realm, browserFlow: 'certificates', eventsEnabled: true })).status).toBe(204);
  });
  afterAll(() => world?.stop());

  for (const way of ['direct', 'nginx', 'haproxy', 'rfc9440'] as const) {
    const program = programOf(way);
    it.skipIf(program !== undefined && findFacility(program) === undefined)(
      `${way}: asks whether to go on as the user, and goes on`,
      async () => {
        const jar = new CookieJar();
        const page = await open(user1, way, jar);
        expect(page.text).toContain('CN=user1, O=Example');
        const done = await tlsCall(formAction(page.text) ?? '', identity(user1), { jar, form: { login: 'Continue' } });
        const code = new URL(done.headers.location ?? '').searchParams.get('code') ?? '';
        const form = {
          grant_type: 'authorization_code',
          code,
          redirect_uri: 'http://localhost/callback',
          client_id: 'app',
          client_secret: 'app-secret',
        };
        const tokens = await tlsCall(base(way) + TOKEN, identity(), { form });
        const claims = JSON.parse(
          Buffer.from((JSON.parse(tokens.text) as { id_token: string }).id_token.split('.')[1] ?? '', 'base64url').toString(),
        );
        expect(claims).toMatchObject({ preferred_username: 'user1' });
        expect(await firstPage(undefined, way)).toBe('password');
      },
    );
  }

  for (const way of ['direct', 'nginx', 'haproxy', 'rfc9440'] as const) {
    const program = programOf(way);
    it.skipIf(program !== undefined && findFacility(program) === undefined)(
      `${way}: lets a client in by its certificate and binds its tokens to it (RFC 8705)`,
      async () => {
        const [machine, other] = await Promise.all(['machine', 'other'].map((name) => world.root.issue({ subject: `CN=${name}` })));
        const form = { grant_type: 'client_credentials', client_id: 'machine', scope: 'openid' };
        const issued = await tlsCall(base(way) + TOKEN, identity(machine), { form });
        const { access_token: token } = JSON.parse(issued.text) as { access_token: string };
        const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { cnf?: Record<string, string> };
        const thumbprint = createHash('sha256')
          .update(machine?.certificate.raw ?? '')
          .digest('base64url');
        expect(claims.cnf).toEqual({ 'x5t#S256': thumbprint });
        const userinfo = (one?: IssuedCertificate) =>
          tlsCall(`${base(way)}/realms/test/protocol/openid-connect/userinfo`, identity(one), {
            headers: { authorization: `Bearer ${token}` },
          });
        expect([(await userinfo(machine)).status, (await userinfo(other)).status, (await userinfo()).status]).toEqual([200, 401, 401]);
        for (const one of [other, undefined]) expect((await tlsCall(base(way) + TOKEN, identity(one), { form })).status).toBe(401);
      },
    );
  }

  it('shows the password form when the question is answered with no, and lets somebody else in by it', async () => {
    const jar = new CookieJar();
    const page = await open(user1, 'direct', jar);
    const form = await tlsCall(formAction(page.text) ?? '', identity(user1), { jar, form: { cancel: 'Ignore' } });
    expect(form.text).toContain('name="password"');
    const done = await tlsCall(formAction(form.text) ?? '', identity(user1), { jar, form: { username: 'user2', password: 'password2' } });
    expect(new URL(done.headers.location ?? '').searchParams.has('code')).toBe(true);
  });

  it('takes the answer for the certificate that was shown, and from nobody else', async () => {
    const jar = new CookieJar();
    const page = await open(user1, 'direct', jar);
    const other = await world.root.issue({ subject: 'CN=user2' });
    const stolen = await tlsCall(formAction(page.text) ?? '', identity(other), { jar, form: { login: 'Continue' } });
    expect([stolen.status, stolen.headers.location]).toEqual([400, undefined]);
    const without = await tlsCall(formAction((await open(user1, 'direct', jar)).text) ?? '', identity(), {
      jar,
      form: { login: 'Continue' },
    });
    expect(without.text).toContain('name="password"');
  });

  it('says on the form why a certificate is of no use', async () => {
    const said = async (subject: string) => (await open(await world.root.issue({ subject }))).text;
    expect(await said('CN=nobody')).toContain('Nobody could be signed in by your client certificate.');
    expect(await said('O=Example')).toContain('Your client certificate does not say who you are.');
    await settings({ 'x509-cert-auth.certificate-policy': '1.2.3' });
    expect(await said('CN=user1')).toContain('it is revoked, or not valid here');
    await settings({});
  });

  it('tells in an event whose login a certificate was refused to', async () => {
    const jar = new CookieJar();
    const page = await open(await world.root.issue({ subject: 'CN=noone' }), 'direct', jar);
    const done = await tlsCall(formAction(page.text) ?? '', identity(), { jar, form: { username: 'user2', password: 'password2' } });
    const codeId = new URL(done.headers.location ?? '').searchParams.get('session_state');
    const how = { auth_method: 'openid-connect', response_type: 'code', response_mode: 'query', redirect_uri: 'http://localhost/callback' };
    await until('the event is stored', async () => (await world.admin('GET', '/events?type=LOGIN_ERROR')).text.includes('CN=noone'));
    const events = JSON.parse((await world.admin('GET', '/events?type=LOGIN_ERROR')).text) as unknown[];
    const details = expect.objectContaining({ ...how, code_id: codeId, x509_cert_subject_distinguished_name: 'CN=noone' });
    expect(events).toContainEqual(expect.objectContaining({ clientId: 'app', error: 'user_not_found', details }));
  });

  it('needs no question where the settings say so', async () => {
    await settings({ 'x509-cert-auth.confirmation-page-disallowed': 'true' });
    expect(await firstPage(user1)).toBe('logged in');
    await settings({});
  });

  it('ends the connection of whom no trusted authority vouches for', async () => {
    const stranger = await (await makeAuthority()).issue({ subject: 'CN=user1' });
    await expect(open(stranger)).rejects.toThrow();
    const over = await world.root.issue({ subject: 'CN=user1', notAfter: new Date(Date.now() - HOUR_MS) });
    await expect(open(over)).rejects.toThrow();
  });

  it.each([
    ['nginx', 'ssl-client-cert', (pem: string) => encodeURIComponent(pem)],
    ['haproxy', 'ssl-client-cert', (pem: string) => pem.replaceAll(/-----[^-]+-----|\s/g, '')],
    ['rfc9440', 'client-cert', (pem: string) => `:${pem.replaceAll(/-----[^-]+-----|\s/g, '')}:`],
  ] as const)('is not made by a header that goes around %s', async (way, header, encode) => {
    const plain = world.plain.get(way) ?? '';
    const forged = await (await makeAuthority()).issue({ subject: 'CN=user1' });
    // From the address of the proxy the header is believed; nginx' own word is looked up in the trust store.
    const trusted = await call(plain + AUTH, { headers: { [header]: encode(forged.pem) } });
    expect(trusted.text.includes('name="password"')).toBe(way === 'nginx');
    // Every address of 127.0.0.0/8 is this machine, and only one of them is the proxy's.
    const stranger = await new Promise<string>((resolve, reject) => {
      const headers = { [header]: encode(user1.pem) };
      get(plain + AUTH, { localAddress: '127.0.0.9', headers, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (part) => (text += String(part)));
        answer.on('end', () => resolve(text));
      }).on('error', reject);
    });
    expect(stranger).toContain('name="password"');
  });

  it('does not read a header on a node that takes certificates from its own connections', async () => {
    for (const header of ['ssl-client-cert', 'client-cert', 'x-forwarded-client-cert', 'x-forwarded-tls-client-cert']) {
      const page = await tlsCall(base() + AUTH, identity(), { headers: { [header]: encodeURIComponent(user1.pem) } });
      expect(page.text).toContain('name="password"');
    }
  });

  it('is refused by a revocation list that the cache crl keeps', async () => {
    const { root, crlAddress, lists } = world;
    const [good, revoked] = await Promise.all(
      ['51', '52'].map((serial, index) => root.issue({ subject: `CN=user${index}`, serial, crlAddresses: [crlAddress] })),
    );
    lists.set('/list', await root.crl({ revoked: ['52'], nextUpdate: new Date(Date.now() + HOUR_MS) }));
    await settings({ 'x509-cert-auth.crl-checking-enabled': 'true', 'x509-cert-auth.crldp-checking-enabled': 'true' });
    const asked = world.asked();
    expect([await firstPage(good), await firstPage(revoked), await firstPage(good)]).toEqual(['user0', 'password', 'user0']);
    expect(world.asked() - asked).toBe(1);
    const sample = async (name: string) => {
      const scrape = (await call(`${world.cluster.server.managementBases[0] ?? ''}/metrics`)).text;
      return Number(new RegExp(`^vendor_statistics_${name}\\{[^}]*cache="crl"[^}]*\\} (\\S+)`, 'm').exec(scrape)?.[1]);
    };
    expect([await sample('stores'), await sample('approximate_entries')]).toEqual([1, 1]);
    expect(await sample('hits')).toBeGreaterThanOrEqual(2);
    // One list is what this node may keep: another one takes its place.
    const elsewhere = await root.issue({ subject: 'CN=user2', serial: '53', crlAddresses: [`${crlAddress}/other`] });
    lists.set('/list/other', lists.get('/list') ?? Buffer.alloc(0));
    expect([await firstPage(elsewhere), await firstPage(good)]).toEqual(['user2', 'user0']);
    expect(world.asked() - asked).toBe(3);
    expect(await sample('approximate_entries')).toBe(1);
    await settings({});
  });

  it('finds the user by an attribute, and nobody where two have it', async () => {
    const users = JSON.parse((await world.admin('GET', '/users?max=10')).text) as { id: string; username: string }[];
    const give = (name: string, value: string) => {
      const user = users.find(({ username }) => username === name);
      return world.admin('PUT', `/users/${user?.id}`, { ...user, attributes: { serial: [value] } });
    };
    await world.admin('PUT', '/users/profile', {
      ...(JSON.parse((await world.admin('GET', '/users/profile')).text) as object),
      unmanagedAttributePolicy: 'ENABLED',
    });
    await settings({
      'x509-cert-auth.mapping-source-selection': 'Certificate Serial Number',
      'x509-cert-auth.mapper-selection': 'Custom Attribute Mapper',
      'x509-cert-auth.mapper-selection.user-attribute-name': 'serial',
    });
    expect((await give('user3', '74')).status).toBe(204);
    expect(await firstPage(user1)).toBe('user3');
    await give('user2', '74');
    expect(await firstPage(user1)).toBe('password');
    await settings({});
  });

  it('works at the password grant, with Keycloak’s words where it does not', async () => {
    const { admin } = world;
    const made = await admin('POST', '/authentication/flows', {
      alias: 'by certificate',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
    });
    const added = await admin('POST', '/authentication/flows/by%20certificate/executions/execution', {
      provider: 'direct-grant-auth-x509-username',
    });
    const executionId = added.location?.split('/').at(-1) ?? '';
    const executions = JSON.parse((await admin('GET', '/authentication/flows/by%20certificate/executions')).text) as object[];
    await admin('PUT', '/authentication/flows/by%20certificate/executions', { ...executions[0], requirement: 'REQUIRED' });
    await admin('POST', `/authentication/executions/${executionId}/config`, { alias: 'direct x509', config: BY_NAME });
    const [app] = JSON.parse((await admin('GET', '/clients?clientId=app')).text) as { id: string }[];
    const flowId = made.location?.split('/').at(-1);
    expect(
      (await admin('PUT', `/clients/${app?.id}`, { ...app, authenticationFlowBindingOverrides: { direct_grant: flowId } })).status,
    ).toBe(204);
    const grant = async (one: IssuedCertificate | undefined) => {
      const form = { grant_type: 'password', client_id: 'app', client_secret: 'app-secret' };
      const answer = await tlsCall(base() + TOKEN, identity(one), { form });
      return [answer.status, (JSON.parse(answer.text) as { error_description?: string }).error_description];
    };
    expect(await grant(user1)).toEqual([200, undefined]);
    expect(await grant(undefined)).toEqual([401, 'X509 client certificate is missing.']);
    expect(await grant(await world.root.issue({ subject: 'CN=nobody' }))).toEqual([400, 'Invalid user credentials']);
    expect(await grant(await world.root.issue({ subject: 'O=Nameless' }))).toEqual([
      401,
      'Unable to extract user identity from specified certificate',
    ]);
    const users = JSON.parse((await admin('GET', '/users?username=user1&exact=true')).text) as { id: string }[];
    await admin('PUT', `/users/${users[0]?.id}`, { ...users[0], enabled: false });
    expect(await grant(user1)).toEqual([400, 'Account disabled']);
    await admin('PUT', `/users/${users[0]?.id}`, { ...users[0], enabled: true });
  });
});
