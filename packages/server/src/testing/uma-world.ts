import { newSession } from '../oidc/sessions-of-grant.ts';
import { registerTokenSide } from '../oidc/token-side.ts';
import { registerProtection } from '../protection/index.ts';
import { type AdminServer, startAdminServer } from './admin-server.ts';

type Json = Record<string, unknown>;

export const UMA = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const ISSUER = 'http://127.0.0.1:8080/realms/uma';

export interface UmaReply {
  readonly status: number;
  readonly json: Json & {
    readonly error: string;
    readonly error_description: string;
    readonly access_token: string;
    readonly refresh_token: string;
  };
  readonly list: readonly Json[];
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A realm `uma` with the resource server `rs`, an application `app`, a page `page`, and the users alice (boss), bob and carol. */
export interface UmaWorld extends AsyncDisposable {
  readonly server: AdminServer;
  /** A login of the user at the client: an access token in a session. */
  login(username: string, clientId?: string): Promise<string>;
  /** An access token of the account of a client. */
  account(clientId?: string): Promise<string>;
  token(form: Record<string, string> | [string, string][], authorization?: string): Promise<UmaReply>;
  /** The grant with a bearer token. */
  uma(bearer: string | undefined, form: Record<string, string> | [string, string][]): Promise<UmaReply>;
  introspect(token: string, hint?: string, clientId?: string): Promise<Json>;
  protection(bearer: string | undefined, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<UmaReply>;
  admin(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<UmaReply>;
  userId(username: string): Promise<string>;
}

export const settings = {
  scopes: [{ name: 'read' }, { name: 'write' }, { name: 'share' }],
  resources: [
    { name: 'doc', type: 'urn:doc', uris: ['/docs/*'], scopes: [{ name: 'read' }, { name: 'write' }] },
    { name: 'other' },
    { name: 'unspoken', scopes: [{ name: 'read' }] },
  ],
  policies: [
    { name: 'is boss', type: 'role', config: { roles: '[{"id":"boss","required":false}]' } },
    { name: 'is bob', type: 'user', config: { users: '["bob"]' } },
    { name: 'docs', type: 'resource', config: { resources: '["doc"]', applyPolicies: '["is boss"]' } },
    { name: 'writing', type: 'scope', config: { resources: '["doc"]', scopes: '["write"]', applyPolicies: '["is bob"]' } },
    { name: 'others', type: 'resource', config: { resources: '["other"]', applyPolicies: '["is bob"]' } },
  ],
};

export const claimsIn = (token: string): Json => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Json;
export const basic = (clientId: string, secret = `${clientId}-secret`): string =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

export async function startUmaWorld(authorizationSettings: Json = settings): Promise<UmaWorld> {
  const server = await startAdminServer((app, context) => {
    registerTokenSide(app, context);
    registerProtection(app, context);
  });
  const protect = { clientRoles: { rs: ['uma_protection'] } };
  await server.createRealm({
    realm: 'uma',
    enabled: true,
    roles: { realm: [{ name: 'boss' }] },
    clients: [
      { clientId: 'rs', secret: 'rs-secret', serviceAccountsEnabled: true, authorizationServicesEnabled: true, authorizationSettings },
      { clientId: 'app', secret: 'app-secret', serviceAccountsEnabled: true },
      { clientId: 'page', publicClient: true },
    ],
    users: [
      { username: 'alice', enabled: true, realmRoles: ['boss'], ...protect },
      { username: 'bob', enabled: true, ...protect },
      { username: 'carol', enabled: true },
    ],
  });
  const { context, app } = server;
  const { directory } = context.state;
  const admin = await server.token('master', 'admin');
  const realm = (await directory.realmByName('uma')) ?? raise('no realm');
  const clientNamed = async (clientId: string) => (await directory.clientByClientId(realm, clientId)) ?? raise(clientId);
  const rs = await clientNamed('rs');
  const send = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, authorization?: string, type?: string, payload?: string) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...(type === undefined ? {} : { 'content-type': type }) },
      ...(payload === undefined ? {} : { payload }),
    });
    const json: unknown = answer.body === '' ? {} : JSON.parse(answer.body);
    return { status: answer.statusCode, json: json as UmaReply['json'], list: json as Json[], headers: answer.headers };
  };
  const form = (path: string, fields: Record<string, string> | [string, string][], authorization?: string) =>
    send('POST', `/realms/uma${path}`, authorization, 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString());
  const token: UmaWorld['token'] = (fields, authorization) => form('/protocol/openid-connect/token', fields, authorization);
  return {
    server,
    async login(username, clientId = 'app') {
      const [client, user] = [await clientNamed(clientId), (await directory.userByUsername(realm, username)) ?? raise(username)];
      const fresh = newSession(realm, client, user, context.clock.nowSeconds(), '127.0.0.1', ISSUER);
      await context.state.userSessions.create(realm, fresh.session, fresh.clientSession);
      const shared = { realm, client, user, ...fresh, scope: '', issuer: ISSUER, grant: 'password' as const, refreshToken: false };
      return (await context.tokens.issue(shared)).access_token;
    },
    account: async (clientId = 'rs') =>
      (await token({ grant_type: 'client_credentials', client_id: clientId, client_secret: `${clientId}-secret` })).json.access_token,
    token,
    uma: (bearer, fields) =>
      token(
        Array.isArray(fields) ? [['grant_type', UMA], ...fields] : { grant_type: UMA, ...fields },
        bearer === undefined ? undefined : `Bearer ${bearer}`,
      ),
    introspect: async (shown, hint, clientId = 'rs') =>
      (
        await form(
          '/protocol/openid-connect/token/introspect',
          { token: shown, ...(hint === undefined ? {} : { token_type_hint: hint }) },
          basic(clientId),
        )
      ).json,
    protection: (bearer, method, path, body) =>
      send(
        method,
        `/realms/uma/authz/protection${path}`,
        bearer === undefined ? undefined : `Bearer ${bearer}`,
        body === undefined ? undefined : 'application/json',
        body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      ),
    admin: (method, path, body) =>
      send(
        method,
        `/admin/realms/uma/clients/${rs.id}/authz/resource-server${path}`,
        `Bearer ${admin}`,
        body === undefined ? undefined : 'application/json',
        body === undefined ? undefined : JSON.stringify(body),
      ),
    userId: async (username) => (await directory.userByUsername(realm, username))?.id ?? raise(username),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function raise(what: string): never {
  throw new Error(what);
}
