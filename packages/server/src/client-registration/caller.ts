import type { FastifyReply, FastifyRequest } from 'fastify';
import { administratorOf, rolesOver } from '../admin/administrator.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import { presentedToken } from '../oidc/bearer-of-request.ts';
import { RegistrationPolicies } from '../registration-policies/policies.ts';
import type { RegistrationAuth } from '../registration-policies/policy.ts';
import type { InitialAccess } from '../store/initial-access.ts';
import { INITIAL_ACCESS_TOKEN, originsIn, REGISTRATION_ACCESS_TOKEN } from '../token/registration-tokens.ts';
import { forbidden, notFound, unauthorized } from './refusal.ts';

const MAX_TOKEN_CHARACTERS = 65_536;

/** Who calls, by the token that is shown. */
type Shown =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'administrator'; readonly held: ReadonlySet<string> }
  | { readonly kind: 'initial'; readonly access: InitialAccess }
  | { readonly kind: 'registration'; readonly token: string; readonly id: string; readonly auth: RegistrationAuth };

/** One call of client registration: who it is, which policies count, and from which pages it may come. */
export interface RegistrationCall {
  readonly context: ServerContext;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly realm: Realm;
  readonly issuer: string;
  readonly caller: Shown;
  readonly auth: RegistrationAuth;
  readonly policies: RegistrationPolicies;
  /** Origins of pages that may use what this call is answered with. */
  readonly origins: readonly string[];
}

/** @throws RegistrationRefusal 401 for a token that is none of ours; ReplyError 403 where a page of a foreign origin calls. */
export async function registrationCallOf(
  context: ServerContext,
  realm: Realm,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<RegistrationCall> {
  const { caller, origins: named } = await callerOf(context, realm, request);
  const auth = authOf(caller);
  const policies = new RegistrationPolicies(realm, auth);
  const origins = [...new Set([...policies.webOrigins, ...named])];
  allowOrigin(origins, request, reply);
  const issuer = requestContext(request).issuer(realm.realm);
  return { context, request, reply, realm, issuer, caller, auth, policies, origins };
}

function authOf(caller: Shown): RegistrationAuth {
  if (caller.kind === 'registration') return caller.auth;
  return caller.kind === 'nobody' ? 'anonymous' : 'authenticated';
}

async function callerOf(
  context: ServerContext,
  realm: Realm,
  request: FastifyRequest,
): Promise<{ readonly caller: Shown; readonly origins: readonly string[] }> {
  const shown = presentedToken(context, request);
  if (shown === undefined) return { caller: { kind: 'nobody' }, origins: [] };
  const failed = unauthorized('Failed decode token');
  if (shown.token.length > MAX_TOKEN_CHARACTERS) throw failed;
  const { tokens, storage } = context;
  const initial = await tokens.verifyInternal(realm, shown.token, INITIAL_ACCESS_TOKEN);
  if (initial.ok) {
    const access = await storage.stores.initialAccess.byId(realm.id, initial.claims.jti ?? '');
    if (!access) throw unauthorized('Initial Access Token not found');
    return { caller: { kind: 'initial', access }, origins: originsIn(initial.claims) };
  }
  const own = await tokens.verifyInternal(realm, shown.token, REGISTRATION_ACCESS_TOKEN);
  if (own.ok) {
    const auth = own.claims['registration_auth'] === 'authenticated' ? 'authenticated' : 'anonymous';
    return { caller: { kind: 'registration', token: shown.token, id: own.claims.jti ?? '', auth }, origins: originsIn(own.claims) };
  }
  try {
    const admin = await administratorOf(context, request);
    // Administrators of master have no say here, as in the original: the token is to be of this realm.
    if (admin.realm.id !== realm.id) throw failed;
    return { caller: { kind: 'administrator', held: await rolesOver(context, admin, realm) }, origins: [] };
  } catch (error) {
    if (error instanceof ReplyError && error.statusCode === 401) throw failed;
    throw error;
  }
}

function allowOrigin(origins: readonly string[], request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  if (origin === undefined || origin === new URL(requestContext(request).baseUrl).origin) return;
  if (!origins.includes('*') && !origins.includes(origin)) throw new ReplyError(403, { error: 'Invalid origin' });
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
}

/** @throws RegistrationRefusal 401, 403. */
export function requireCreate({ caller }: RegistrationCall): void {
  if (caller.kind === 'administrator' && !caller.held.has('create-client') && !caller.held.has('manage-clients')) throw forbidden();
  if (caller.kind === 'initial' && caller.access.remainingCount <= 0) throw noRemainingCount();
}

export const noRemainingCount = () => unauthorized('No remaining count on initial access token');

/** @throws RegistrationRefusal 401, 403, 404. */
export function requireView(call: RegistrationCall, client: Client | undefined): Client {
  return permitted(
    call,
    client,
    ['view-clients', 'manage-clients'],
    'Not authorized to view client. Not valid token or client credentials provided.',
  );
}

/** @throws RegistrationRefusal 401, 403, 404. */
export function requireUpdate(call: RegistrationCall, client: Client | undefined): Client {
  return permitted(call, client, ['manage-clients'], 'Not authorized to update client. Maybe missing token or bad token type.');
}

function permitted({ caller, request }: RegistrationCall, client: Client | undefined, roles: readonly string[], refusal: string): Client {
  if (caller.kind === 'administrator') {
    if (!roles.some((role) => caller.held.has(role))) throw forbidden();
    if (!client) throw notFound();
    return client;
  }
  if (caller.kind === 'initial' && request.method === 'GET') throw unauthorized('Not initial access token allowed');
  // A token that another one replaced, one of another client, and one of a client that is switched off are worth nothing.
  if (caller.kind === 'registration' && client?.enabled && isCurrent(client, caller.id)) return client;
  throw unauthorized(refusal);
}

/** Whether the registration access token of that id is the client's. */
export function isCurrent(client: Client, id: string): boolean {
  return id !== '' && client.registrationToken === id;
}
