import type { Decision, Wish } from '../../authorization/evaluation/decide.ts';
import { type Permission, permissionsOf } from '../../authorization/representation/permissions.ts';
import { searchResources } from '../../authorization/resource-search.ts';
import { subjectIdOf, subjectOf } from '../../authorization/subject-of.ts';
import { add, type Wanted, type WantedBy, wishesOf } from '../../authorization/wished.ts';
import { allWishes } from '../../authorization/wishes.ts';
import type { ScopeBook } from '../../cache/authorization-directory.ts';
import type { ServerContext } from '../../context.ts';
import { requestContext } from '../../http/request-context.ts';
import type { Client, Realm, ResourceServer } from '../../model/index.ts';
import type { Bearer } from '../../token/contracts.ts';
import type { GrantRequest } from '../grants/grant.ts';
import { invalidRequest, OAuthError } from '../oauth-error.ts';

/** What somebody wants of a resource server. */
export interface Question {
  readonly bearer: Bearer;
  readonly server: ResourceServer;
  readonly wanted: readonly Wanted[];
  /** What an earlier token granted: it is decided about anew. */
  readonly earlier?: readonly Wanted[] | undefined;
  readonly byUri?: boolean | undefined;
  readonly matchingUri?: boolean | undefined;
  readonly furtherScopes?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  readonly claims?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly names?: boolean | undefined;
}

export interface Granted {
  readonly permissions: readonly Permission[];
  readonly decisions: readonly Decision[];
  readonly subjectId: string;
  readonly scopes: ScopeBook;
}

/** The resource server that a client is. @throws OAuthError 400. */
export async function resourceServerOf(
  { context, realm }: Pick<GrantRequest, 'context' | 'realm'>,
  clientId: string | undefined,
): Promise<{ readonly client: Client; readonly server: ResourceServer }> {
  if (clientId === undefined) throw invalidRequest('You must provide the issuedFor');
  const client = await context.state.directory.clientByClientId(realm, clientId);
  if (client === undefined) throw invalidRequest(`Unknown resource server id: [${clientId}]`);
  const server = client.enabled ? await context.authorization.directory.server(client) : undefined;
  if (server === undefined) throw invalidRequest('Client does not support permissions');
  return { client, server };
}

/** Decides about a question. @throws ReplyError 400 for resources and scopes that do not exist. */
export async function grantedOf(grant: Pick<GrantRequest, 'context' | 'realm' | 'request'>, question: Question): Promise<Granted> {
  const { context, realm, request } = grant;
  const { bearer, server, claims } = question;
  const { authorization } = context;
  const subjectId = subjectIdOf(bearer);
  const [scopes, subject] = await Promise.all([
    authorization.directory.scopes(server),
    subjectOf(context.state.directory, realm, bearer, {
      nowMs: context.clock.nowMs(),
      remoteAddress: requestContext(request).remoteAddress,
      userAgent: request.headers['user-agent'],
      attributes: claims,
    }),
  ]);
  const wishes = await wishesFor(context, realm, question, scopes, subjectId);
  const { decisions } = await authorization.evaluate(realm, server, subject, wishes);
  return { permissions: permissionsOf(decisions, scopes, { names: question.names, claims }), decisions, subjectId, scopes };
}

async function wishesFor(
  context: ServerContext,
  realm: Realm,
  question: Question,
  scopes: ScopeBook,
  subjectId: string,
): Promise<readonly Wish[]> {
  const { server, wanted, earlier, furtherScopes = [], limit = Number.POSITIVE_INFINITY } = question;
  const authorization = context.authorization.directory;
  if (wanted.length === 0 && earlier === undefined) return allWishes({ authorization, server }, subjectId, limit);
  const by: WantedBy = { authorization, server, scopes, subjectId, furtherScopes, limit };
  const named = question.byUri === true ? await byUris(context, realm, question) : wanted;
  const wishes = named.length === 0 ? new Map<string, Wish>() : await wishesOf(by, named);
  for (const one of earlier ?? []) {
    const resource = one.resource === undefined ? undefined : await authorization.resource(server, one.resource);
    const scopeIds = one.scopes.flatMap((name) => scopes.byName.get(name)?.id ?? []);
    if (resource !== undefined && wishes.size < limit) add(wishes, { resource, scopeIds });
  }
  return [...wishes.values()];
}

/** Resources that are named by a URI of theirs, or by one that a pattern of theirs stands for. */
async function byUris({ storage }: ServerContext, realm: Realm, { server, wanted, matchingUri }: Question): Promise<readonly Wanted[]> {
  const found: Wanted[] = [];
  for (const { resource, scopes } of wanted) {
    if (resource === undefined) {
      found.push({ scopes });
      continue;
    }
    const ids = await searchResources(storage.stores, realm, server, { uri: resource, matchingUri });
    if (ids.length === 0)
      throw new OAuthError(400, 'invalid_resource', `Resource with uri [${resource}] does not exist.`, 'invalid_request');
    found.push(...ids.map((id) => ({ resource: id, scopes })));
  }
  return found;
}
