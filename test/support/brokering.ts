import { type Answer, call } from '../../bench/drivers/http.ts';
import { benchRealm } from '../../bench/servers/server.ts';
import type { TestCluster } from './test-cluster.ts';
import { startTestCluster } from './test-cluster.ts';
import { WanderingBrowser } from './wandering-browser.ts';

export type Admin = (method: string, path: string, json?: unknown) => Promise<Answer>;

/** Calls Admin REST of a realm as the bootstrap administrator. */
export async function administer(base: string, realm: string): Promise<Admin> {
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' };
  const answer = await call(`${base}/realms/master/protocol/openid-connect/token`, { form });
  const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
  return (method, path, json) =>
    call(`${base}/admin/realms/${realm}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(json === undefined ? {} : { json }),
    });
}

/** A busy machine is no provider that is down. */
export const patientOutbound = ['establish-connection', 'socket'].map(
  (name) => `--spi-connections-http-client--default--${name}-timeout-millis=30000`,
);

export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
}

const CALLBACK = 'http://localhost/callback';

/** Payload of a JWT. */
export function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

/** Text of the key of the authenticator that `user30` has in brokering realms. */
export const AUTHENTICATOR_KEY = 'abcdefghij0123456789';

/** `user30` is there on both sides; here he has an authenticator besides his password. */
function withGuarded(realm: Record<string, unknown>, hasAuthenticator: boolean): Record<string, unknown> {
  const credentialData = JSON.stringify({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' });
  const authenticator = { type: 'otp', userLabel: 'phone', secretData: JSON.stringify({ value: AUTHENTICATOR_KEY }), credentialData };
  const user = {
    username: 'user30',
    enabled: true,
    email: 'user30@example.org',
    firstName: 'User',
    lastName: '30',
    credentials: [{ type: 'password', value: 'password30' }, ...(hasAuthenticator ? [authenticator] : [])],
    realmRoles: [`default-roles-${String(realm['realm'])}`],
  };
  return { ...realm, users: [...(realm['users'] as unknown[]), user] };
}

/** A node with these realms, and the realm `upstream` that they can broker logins to. */
export function startBrokers(realms: readonly string[]): Promise<TestCluster> {
  return startTestCluster(1, {
    realms: [...realms.map((realm) => withGuarded(benchRealm(realm, 4), true)), withGuarded(benchRealm('upstream', 13), false)],
    extraArguments: [
      ...patientOutbound,
      '--features=token-exchange',
      '--spi-login-protocol--openid-connect--allow-client-initiated-account-linking=true',
    ],
  });
}

/** Sets a realm up to broker logins to `upstream`: for browsers, and for the broker, they are two servers. */
export async function openBrokering({ server }: TestCluster, realm: string) {
  const base = server.bases[0] ?? '';
  const here = `${base}/realms/${realm}`;
  const outside = `${base}/realms/upstream`;
  const [admin, upstream] = await Promise.all([administer(base, realm), administer(base, 'upstream')]);
  const made = await upstream('POST', '/clients', {
    clientId: `outside-${realm}`,
    secret: 'broker-secret',
    redirectUris: [`${here}/broker/up/*`],
    attributes: {
      'backchannel.logout.url': `${here}/protocol/openid-connect/logout/backchannel-logout`,
      'backchannel.logout.session.required': 'true',
    },
  });
  if (made.status !== 201) throw new Error(`no client: ${made.text}`);
  const imported = await admin('POST', '/identity-provider/import-config', {
    fromUrl: `${outside}/.well-known/openid-configuration`,
    providerId: 'keycloak-oidc',
  });
  const config = JSON.parse(imported.text) as Record<string, string>;
  const settings = (more: Record<string, unknown> = {}, moreConfig: Record<string, string> = {}) => ({
    alias: 'up',
    displayName: 'Upstream',
    providerId: 'keycloak-oidc',
    enabled: true,
    trustEmail: true,
    linkOnly: false,
    storeToken: false,
    addReadTokenRoleOnCreate: false,
    firstBrokerLoginFlowAlias: '',
    postBrokerLoginFlowAlias: '',
    config: { ...config, clientId: `outside-${realm}`, clientSecret: 'broker-secret', ...moreConfig },
    ...more,
  });
  const provider = await admin('POST', '/identity-provider/instances', settings());
  if (provider.status !== 201) throw new Error(`no provider: ${provider.text}`);

  const authUrl = (more: Record<string, string> = {}): string =>
    `${here}/protocol/openid-connect/auth?${new URLSearchParams({
      client_id: 'app',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      ...more,
    }).toString()}`;
  const tokensOf = async (end: Answer): Promise<Tokens> => {
    const code = new URL(end.headers.location ?? 'http://no-answer').searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id: 'app', client_secret: 'app-secret' };
    return JSON.parse((await call(`${here}/protocol/openid-connect/token`, { form })).text) as Tokens;
  };
  const password = (user: string): string => user.replace('user', 'password');

  return {
    base,
    here,
    outside,
    admin,
    upstream,
    authUrl,
    tokensOf,
    /** Changes the provider. */
    set: async (more: Record<string, unknown> = {}, moreConfig: Record<string, string> = {}): Promise<void> => {
      const answer = await admin('PUT', '/identity-provider/instances/up', settings(more, moreConfig));
      if (answer.status !== 204) throw new Error(`the provider was not changed: ${answer.text}`);
    },
    claimsOf: async (end: Answer) => payloadOf((await tokensOf(end)).access_token),
    /** Logs in upstream, sent there by a hint. */
    async login(user: string, browser = new WanderingBrowser(), more: Record<string, string> = {}): Promise<Answer> {
      const page = await browser.go(authUrl({ kc_idp_hint: 'up', ...more }));
      return browser.submit(page, { username: user, password: password(user) });
    },
    /** Logs in with the account of the realm itself. */
    async loginHere(user: string, browser = new WanderingBrowser(), more: Record<string, string> = {}): Promise<Answer> {
      return browser.submit(await browser.go(authUrl(more)), { username: user, password: password(user) });
    },
    userOf: async (name: string): Promise<Record<string, unknown>> => {
      const [user] = JSON.parse((await admin('GET', `/users?username=${name}&exact=true`)).text) as Record<string, unknown>[];
      return user ?? {};
    },
    linksOf: async (name: string): Promise<Record<string, string>[]> => {
      const [user] = JSON.parse((await admin('GET', `/users?username=${name}&exact=true`)).text) as { id: string }[];
      return JSON.parse((await admin('GET', `/users/${user?.id}/federated-identity`)).text) as Record<string, string>[];
    },
  };
}

export type Brokering = Awaited<ReturnType<typeof openBrokering>>;
