import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { sendAccountPage, wantsPage } from '../console/account-page.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Realm } from '../model/index.ts';
import { bearerOf, presentedToken } from '../oidc/bearer-of-request.ts';
import { allowOriginOf, answerPreflight } from '../oidc/cors.ts';
import { challengeHeaders } from '../oidc/oauth-error.ts';
import type { Bearer } from '../token/contracts.ts';

/** One call of the account's REST interface, by the person whose account it is. */
export interface AccountCall {
  readonly context: ServerContext;
  readonly realm: Realm;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly bearer: Bearer;
  readonly issuer: string;
}

/** What a handler gives is the JSON answer; undefined answers 204. */
export type AccountHandler = (call: AccountCall) => Promise<unknown>;

/** Audience of tokens for the account, and the client whose roles say what they are good for. */
export const ACCOUNT_CLIENT = 'account';
/** Whoever may manage his account may do everything with it. */
const EVERYTHING = 'manage-account';

const METHODS = 'DELETE, POST, GET, PUT';

/**
 * Hands out `declare('GET', '/sessions', ['view-profile'], handler)` for addresses below /realms/{realm}/account.
 * Any one of the roles of client `account` is enough.
 */
export function accountRoutes(app: FastifyInstance, context: ServerContext) {
  const preflights = new Set<string>();
  return (method: HTTPMethods, path: string, roles: readonly string[], handler: AccountHandler): void => {
    const url = `/realms/:realm/account${path}`;
    app.route({
      method,
      url,
      handler: async (request, reply) => {
        if (wantsPage(request)) return sendAccountPage(context, request, reply);
        reply.header('cache-control', 'no-store');
        const answer = await handler(await callOf(context, request, reply, [...roles, EVERYTHING]));
        return answer === undefined ? reply.code(204).send() : answer;
      },
    });
    if (preflights.has(url)) return;
    preflights.add(url);
    app.options(url, async (request, reply) => answerPreflight(request, reply, METHODS));
  };
}

/** @throws ReplyError 401 without a token for the account, 403 without one of the roles, 404 without the realm. */
async function callOf(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  roles: readonly string[],
): Promise<AccountCall> {
  const realm = await context.state.directory.realmByName((request.params as { realm?: string }).realm ?? '');
  if (realm === undefined) throw new ReplyError(404, { error: 'Realm does not exist' });
  const issuer = requestContext(request).issuer(realm.realm);
  const shown = presentedToken(context, request);
  const verdict = shown === undefined || !realm.enabled ? undefined : await bearerOf(context, realm, issuer, request, shown);
  if (verdict?.ok !== true) throw new ReplyError(401, { error: 'HTTP 401 Unauthorized' }, challengeHeaders(realm.realm, shown, verdict));
  const { bearer } = verdict;
  allowOriginOf(bearer.client, request, reply);
  const audience = [bearer.claims.aud ?? []].flat();
  const isForAccount = audience.includes(ACCOUNT_CLIENT) && bearer.user.serviceAccountClientLink === undefined;
  if (!isForAccount) throw new ReplyError(401, { error: 'HTTP 401 Unauthorized' });
  const held = rolesIn(bearer.claims['resource_access']);
  if (!roles.some((role) => held.includes(role))) throw new ReplyError(403, { error: 'HTTP 403 Forbidden' });
  return { context, realm, request, reply, bearer, issuer };
}

/** Roles of client `account` in the token: what the client may do with the account, and not only what the user may. */
function rolesIn(resourceAccess: unknown): readonly string[] {
  const account = (resourceAccess as Readonly<Record<string, { readonly roles?: unknown } | undefined>> | undefined)?.[ACCOUNT_CLIENT];
  return Array.isArray(account?.roles) ? account.roles.filter((role): role is string => typeof role === 'string') : [];
}
