import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { storedTokens } from '../broker/stored-tokens.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import { identityProviderOf } from '../realm/identity-provider-representation.ts';
import { bearerOf, presentedToken } from './bearer-of-request.ts';
import { allowOriginOf } from './cors.ts';
import { enabledRealmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

/** Client and role that say who may read what providers gave. */
const CLIENT = 'broker';
const ROLE = 'read-token';

const refusal = (status: number, errorMessage: string): ReplyError => new ReplyError(status, { errorMessage });

/** GET /realms/{realm}/broker/{alias}/token: the answer of the provider's token endpoint, as it was stored at the last login. */
export function registerStoredToken(app: FastifyInstance, context: ServerContext): void {
  declareEndpoint(app, {
    url: '/realms/:realm/broker/:alias/token',
    corsMethods: 'GET, OPTIONS',
    handlers: { GET: (request, reply) => answer(context, request, reply) },
  });
}

async function answer(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
  const realm = await enabledRealmOf(context, request);
  const shown = presentedToken(context, request);
  if (shown === undefined) throw refusal(400, 'Invalid token.');
  const verdict = await bearerOf(context, realm, requestContext(request).issuer(realm.realm), request, shown);
  if (!verdict.ok) throw refusal(400, 'Invalid token.');
  const { claims, client, user } = verdict.bearer;
  allowOriginOf(client, request, reply);
  const { alias = '' } = request.params as { alias?: string };
  // What the token says is what counts, not what the user may do elsewhere: the client must have been given the role, too.
  if (!mayReadTokens(claims)) {
    throw refusal(403, `Client [${client.clientId}] not authorized to retrieve tokens from identity provider [${alias}].`);
  }
  const provider = identityProviderOf(realm, alias);
  if (provider?.enabled !== true) throw new ReplyError(502, { error: 'Could not obtain token from identity provider.' });
  if (!provider.storeToken) throw refusal(400, `Identity Provider [${alias}] does not support this operation.`);
  const link = await storedTokens(context, user, alias);
  if (link === undefined) throw refusal(400, `User [${user.id}] is not associated with identity provider [${alias}].`);
  if (link.token === undefined) {
    throw refusal(404, `No token stored for user [${user.id}] with associated identity provider [${alias}].`);
  }
  return reply.header('content-type', 'application/json').send(link.token);
}

/** Whether a token lets its client have what providers gave for the user. */
export function mayReadTokens(claims: Readonly<Record<string, unknown>>): boolean {
  const clients = claims['resource_access'] as Readonly<Record<string, { readonly roles?: unknown } | undefined>> | undefined;
  const roles = clients?.[CLIENT]?.roles;
  return Array.isArray(roles) && roles.includes(ROLE);
}
