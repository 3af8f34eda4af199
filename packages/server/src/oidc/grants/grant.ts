import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../../context.ts';
import type { Client, Realm } from '../../model/index.ts';
import type { Confirmation, TokenResponse } from '../../token/contracts.ts';
import { MAX_SCOPE_LENGTH } from '../../token/scope.ts';
import type { clientOf } from '../client-of-request.ts';
import { invalidScope } from '../oauth-error.ts';

/** One token request of an authenticated client. */
export interface GrantRequest {
  readonly context: ServerContext;
  readonly realm: Realm;
  readonly client: Client;
  readonly form: ReadonlyMap<string, string>;
  readonly issuer: string;
  readonly remoteAddress: string;
  /** Whom the tokens are to be bound to. */
  readonly confirmation: Confirmation | undefined;
  readonly request: FastifyRequest;
  /** What the event of this request shall tell; grants fill it in as they learn it, so that an error tells it too. */
  readonly trace: { userId?: string; sessionId?: string; readonly details: Record<string, string> };
}

/** One grant type of the token endpoint. */
export interface Grant {
  readonly type: string;
  /** Type of the event; `_ERROR` is appended where it fails. */
  readonly event: string;
  /** How the client is found out where it is not done as for every other grant. */
  readonly clientOf?: typeof clientOf;
  /** What is answered: tokens as a rule. */
  handle(request: GrantRequest): Promise<TokenResponse | object>;
}

/** The `scope` parameter, if the client may ask for it; one that is much too long counts as absent. */
export async function requestedScope({ context, realm, client, form }: GrantRequest): Promise<string> {
  const scope = form.get('scope') ?? '';
  if (scope.length > MAX_SCOPE_LENGTH) return '';
  if (!(await context.tokens.isValidScope(realm, client, scope))) throw invalidScope(scope);
  return scope;
}
