import type { FastifyInstance } from 'fastify';
import type { JWK } from 'jose';
import type { Client, ClientScope, Realm, Role, User } from '../model/index.ts';
import { registerTokenSide } from '../oidc/token-side.ts';
import { clientFixture, clientScopeFixture, mapperFixture, realmFixture, realmKeyFixture, roleFixture, userFixture } from './fixtures.ts';
import { type TestContext, testApp, testContext } from './server-context.ts';

/** A realm like a freshly made one, with two clients that have roles, a public client and a user, served by fastify without a socket. */
export interface TokenWorld {
  readonly context: TestContext;
  readonly realm: Realm;
  readonly app: FastifyInstance;
  readonly client: Client;
  readonly api: Client;
  readonly publicClient: Client;
  readonly user: User;
  readonly roles: Readonly<Record<'boss' | 'offline_access' | 'reader' | 'call', Role>>;
  post(path: string, form: Record<string, string> | string, headers?: Record<string, string>): Promise<Reply>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  token(form: Record<string, string>): Promise<Reply>;
  /** Replaces the realm, as a change of its settings does. */
  changeRealm(change: Partial<Realm>): void;
  changeClient(change: Partial<Client>): void;
  changeUser(change: Partial<User>): void;
}

/** Members that answers of the token side have; tests look at those that the answer in question promises. */
export interface AnswerBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
  readonly session_state: string;
  readonly scope: string;
  readonly expires_in: number;
  readonly refresh_expires_in: number;
  readonly error: string;
  readonly error_description: string;
  readonly issuer: string;
  readonly scopes_supported: readonly string[];
  readonly keys: JWK[];
}

/** Claims that tests ask for by name. */
export interface PeekedClaims extends Readonly<Record<string, unknown>> {
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body; of an answer without JSON nothing may be asked. */
  readonly json: AnswerBody;
}

export const ISSUER = 'http://localhost/realms/test';
export const APP = { client_id: 'app', client_secret: 'app-secret' };
export const API = { client_id: 'api', client_secret: 'api-secret' };
export const ALICE = { username: 'alice', password: 'wonderland' };

/** The client scopes that matter to tokens, as a new realm has them. */
export function standardScopes(realm: Realm): ClientScope[] {
  const hidden = { 'include.in.token.scope': 'false' };
  const tokenOnly = { 'userinfo.token.claim': 'false' };
  const note = { 'user.session.note': 'AUTH_TIME', 'claim.name': 'auth_time', 'jsonType.label': 'long', ...tokenOnly };
  const attribute = (name: string, claim: string, type = 'String') =>
    mapperFixture('oidc-usermodel-attribute-mapper', { 'user.attribute': name, 'claim.name': claim, 'jsonType.label': type }, claim);
  const accessOnly = { 'id.token.claim': 'false', 'userinfo.token.claim': 'false', multivalued: 'true', 'jsonType.label': 'String' };
  return [
    clientScopeFixture(realm, 'profile', [
      mapperFixture('oidc-full-name-mapper'),
      attribute('username', 'preferred_username'),
      attribute('firstName', 'given_name'),
      attribute('lastName', 'family_name'),
    ]),
    clientScopeFixture(realm, 'web-origins', [mapperFixture('oidc-allowed-origins-mapper')], hidden),
    clientScopeFixture(
      realm,
      'basic',
      [mapperFixture('oidc-sub-mapper'), mapperFixture('oidc-usersessionmodel-note-mapper', note)],
      hidden,
    ),
    clientScopeFixture(realm, 'acr', [mapperFixture('oidc-acr-mapper', tokenOnly)], hidden),
    clientScopeFixture(
      realm,
      'roles',
      [
        mapperFixture('oidc-usermodel-realm-role-mapper', { 'claim.name': 'realm_access.roles', ...accessOnly }),
        mapperFixture('oidc-usermodel-client-role-mapper', { 'claim.name': `resource_access.\${client_id}.roles`, ...accessOnly }),
        mapperFixture('oidc-audience-resolve-mapper'),
      ],
      hidden,
    ),
    clientScopeFixture(realm, 'email', [
      attribute('email', 'email'),
      mapperFixture('oidc-usermodel-property-mapper', {
        'user.attribute': 'emailVerified',
        'claim.name': 'email_verified',
        'jsonType.label': 'boolean',
      }),
    ]),
    clientScopeFixture(realm, 'phone', [attribute('phoneNumber', 'phone_number')]),
    clientScopeFixture(
      realm,
      'service_account',
      [mapperFixture('oidc-usersessionmodel-note-mapper', { 'user.session.note': 'client_id', 'claim.name': 'client_id', ...tokenOnly })],
      hidden,
    ),
    clientScopeFixture(realm, 'offline_access'),
  ];
}

export async function tokenWorld(): Promise<TokenWorld> {
  const context = testContext();
  const { data } = context.state;
  const realm = realmFixture({ realm: 'test' });
  const defaults = ['profile', 'web-origins', 'basic', 'acr', 'roles', 'email'];
  const shared = { defaultClientScopes: defaults, optionalClientScopes: ['phone', 'offline_access'] };
  const client = clientFixture(realm, { ...shared, defaultClientScopes: [...defaults, 'service_account'] });
  const api = clientFixture(realm, { ...shared, clientId: 'api', secret: 'api-secret' });
  const publicClient = clientFixture(realm, {
    ...shared,
    clientId: 'pub',
    secret: undefined,
    publicClient: true,
    serviceAccountsEnabled: false,
  });
  const user = userFixture(realm);
  const service = userFixture(realm, {
    username: 'service-account-app',
    email: undefined,
    emailVerified: false,
    firstName: undefined,
    lastName: undefined,
    serviceAccountClientLink: client.id,
  });
  const roles = {
    boss: roleFixture(realm, 'boss'),
    offline_access: roleFixture(realm, 'offline_access'),
    reader: roleFixture(realm, 'reader', { clientId: client.id }),
    call: roleFixture(realm, 'call', { clientId: api.id }),
  };
  const scopes = standardScopes(realm);
  data.realms.push(realm);
  data.clients.push(client, api, publicClient);
  data.users.push(user, service);
  data.roles.push(...Object.values(roles));
  data.clientScopes.push(...scopes);
  data.keys.set(realm.id, [
    realmKeyFixture('RS256'),
    realmKeyFixture('HS512'),
    realmKeyFixture('ES256'),
    realmKeyFixture('EdDSA'),
    realmKeyFixture('PS256'),
  ]);
  data.grants.set(user.id, { roleIds: Object.values(roles).map((role) => role.id), groupIds: [] });
  data.grants.set(service.id, { roleIds: [roles.boss.id], groupIds: [] });
  const offline = scopes.find((scope) => scope.name === 'offline_access');
  if (offline) data.scopeMappings.set(offline.id, [roles.offline_access.id]);
  context.passwordsOf.set(user.id, ALICE.password);
  const app = await testApp((instance) => registerTokenSide(instance, context));

  const send = async (
    method: 'GET' | 'POST',
    path: string,
    payload: string | undefined,
    headers: Record<string, string>,
  ): Promise<Reply> => {
    const answer = await app.inject({
      method,
      url: `/realms/test/${path}`,
      headers: { host: 'localhost', ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      json: answer.body.startsWith('{') ? answer.json() : (undefined as unknown as AnswerBody),
    };
  };
  const replace = <T extends { id: string }>(list: T[], id: string, change: Partial<T>): void => {
    const at = list.findIndex((item) => item.id === id);
    const before = list[at];
    if (before) list[at] = { ...before, ...change };
  };
  const post: TokenWorld['post'] = (path, form, headers = {}) =>
    send('POST', path, typeof form === 'string' ? form : new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    });
  return {
    context,
    realm,
    app,
    client,
    api,
    publicClient,
    user,
    roles,
    post,
    get: (path, headers = {}) => send('GET', path, undefined, headers),
    token: (form) => post('protocol/openid-connect/token', form),
    changeRealm: (change) => replace(data.realms, realm.id, change),
    changeClient: (change) => replace(data.clients, client.id, change),
    changeUser: (change) => replace(data.users, user.id, change),
  };
}

/** Header and payload of a token, unchecked. */
export function peek(token: string): { header: { alg: string; kid: string; typ: string }; claims: PeekedClaims } {
  const [header = '', payload = ''] = token.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: read(header), claims: read(payload) };
}
