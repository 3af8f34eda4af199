import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readTypedJson, type Shape } from '../admin/typed-json.ts';
import type { Change } from '../authorization/changes/change.ts';
import { umaProtection } from '../authorization/changes/servers.ts';
import type { Json } from '../authorization/policies/policy-type.ts';
import { refused } from '../authorization/refusal.ts';
import { subjectIdOf } from '../authorization/subject-of.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError, ServerError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Realm, ResourceServer } from '../model/index.ts';
import { bearerOf, presentedToken } from '../oidc/bearer-of-request.ts';
import { answerPreflight } from '../oidc/cors.ts';
import { realmOf } from '../oidc/realm-of-request.ts';
import type { Bearer } from '../token/contracts.ts';

/** One call of the protection API, by a resource server or by an owner of resources. */
export interface ProtectionCall {
  readonly context: ServerContext;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly realm: Realm;
  readonly issuer: string;
  readonly bearer: Bearer;
  readonly server: ResourceServer;
  /** As resources know their owners. */
  readonly subjectId: string;
  /** Whether the resource server itself calls; others only deal with what is theirs. */
  readonly isServer: boolean;
}

export type ProtectionHandler = (call: ProtectionCall) => Promise<unknown>;

const BODY_LIMIT_BYTES = 1_048_576;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Hands out `declare('GET /resource_set', handler)` for endpoints below /realms/{realm}/authz/protection. */
export function protectionRoutes(app: FastifyInstance, context: ServerContext): (endpoint: string, handler: ProtectionHandler) => void {
  const preflights = new Set<string>();
  return (endpoint, handler) => {
    const [method = '', path = ''] = endpoint.split(' ');
    const url = `/realms/:realm/authz/protection${path}`;
    app.route({
      method: method as Method,
      url,
      bodyLimit: BODY_LIMIT_BYTES,
      handler: async (request, reply) => {
        const answer = await answered(async () => handler(await callOf(context, request, reply)));
        reply.header('cache-control', 'no-cache');
        if (answer === undefined) return reply.code(reply.statusCode === 200 ? 204 : reply.statusCode).send();
        return reply.header('content-type', 'application/json;charset=UTF-8').send(JSON.stringify(answer));
      },
    });
    if (preflights.has(url)) return;
    preflights.add(url);
    app.options(url, (request, reply) => answerPreflight(request, reply, 'GET, POST, PUT, DELETE, OPTIONS'));
  };
}

/** Who calls. @throws ReplyError 403 without a token, without a resource server, without the scope uma_protection. */
async function callOf(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<ProtectionCall> {
  const realm = await realmOf(context, request);
  const issuer = requestContext(request).issuer(realm.realm);
  const shown = realm.enabled ? presentedToken(context, request) : undefined;
  const verdict = shown && (await bearerOf(context, realm, issuer, request, shown));
  if (!verdict?.ok) throw refused(403, 'invalid_bearer_token', 'Could not obtain bearer access_token from request.');
  const { bearer } = verdict;
  const server = await context.authorization.directory.server(bearer.client);
  if (server === undefined) {
    throw refused(403, 'invalid_clientId', `Client application [${bearer.client.clientId}] is not registered as a resource server.`);
  }
  const subjectId = subjectIdOf(bearer);
  const isServer = subjectId === server.id;
  if (!isServer && !hasProtectionRole(bearer)) throw refused(403, 'invalid_scope', 'Requires uma_protection scope.');
  return { context, request, reply, realm, issuer, bearer, server, subjectId, isServer };
}

function hasProtectionRole({ claims, client }: Bearer): boolean {
  const access = (claims['resource_access'] as Json | undefined)?.[client.clientId] as Json | undefined;
  return Array.isArray(access?.['roles']) && access['roles'].includes(umaProtection);
}

/** The JSON body of a known shape; undefined for none. @throws ReplyError 400, 415. */
export function bodyOf<T>({ request }: ProtectionCall, shape: Shape): T | undefined {
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new ReplyError(415, { error: 'HTTP 415 Unsupported Media Type' });
  }
  return typeof request.body === 'string' && request.body !== '' ? (readTypedJson(request.body, shape) as T) : undefined;
}

/** A path parameter. */
export function parameter({ request }: ProtectionCall, name: string): string {
  return (request.params as Readonly<Record<string, string | undefined>>)[name] ?? '';
}

/** Runs a change of the resource server. */
export function change<T>({ context, realm, server }: ProtectionCall, work: (change: Change) => Promise<T>): Promise<T> {
  return context.authorization.change(realm, server, work);
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (error.code !== 'KG_STORE_DUPLICATE' && error.code !== 'KG_STORE_CONFLICT') throw error;
    throw refused(409, 'conflict', 'Duplicate resource error');
  }
}
