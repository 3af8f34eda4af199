import { randomUUID } from 'node:crypto';
import type { Wanted } from '../../authorization/wished.ts';
import type { ServerContext } from '../../context.ts';
import type { Realm, ResourceServer } from '../../model/index.ts';
import { accessTokenSeconds } from '../../model/session-expiry.ts';
import type { Bearer } from '../../token/contracts.ts';
import { OAuthError } from '../oauth-error.ts';
import { claimMapOf } from './uma-request.ts';

/** What a resource server says that somebody needs, signed so that the client can carry it (UMA 2.0 Grant section 3.2). */
export interface CarriedTicket {
  readonly server: string;
  readonly wanted: readonly Wanted[];
  readonly claims: Readonly<Record<string, readonly string[]>> | undefined;
}

/** `typ` keeps other tokens that are signed with the same key from passing for tickets, and tickets for them. */
const TYPE = 'PermissionTicket';

export interface TicketContent {
  readonly server: ResourceServer;
  readonly bearer: Bearer;
  readonly permissions: readonly { readonly rsid?: string; readonly scopes?: readonly string[] }[];
  readonly claims: Readonly<Record<string, readonly string[]>>;
}

/** Signs a ticket; it lives as long as an access token of the resource server. */
export async function signTicket(context: ServerContext, realm: Realm, issuer: string, content: TicketContent): Promise<string> {
  const { bearer, permissions, claims } = content;
  const now = context.clock.nowSeconds();
  return context.tokens.signInternal(realm, {
    exp: now + accessTokenSeconds(realm, bearer.client, undefined, now, false),
    iat: now,
    permissions,
    ...(Object.keys(claims).length === 0 ? {} : { claims }),
    jti: randomUUID(),
    iss: issuer,
    aud: issuer,
    sub: bearer.user.id,
    typ: TYPE,
    azp: bearer.client.clientId,
  });
}

/** @throws OAuthError 403 invalid_ticket. */
export async function readTicket(context: ServerContext, realm: Realm, issuer: string, ticket: string): Promise<CarriedTicket> {
  const verdict = await context.tokens.verifyInternal(realm, ticket, TYPE);
  if (!verdict.ok && verdict.reason === 'Token is not active') {
    throw new OAuthError(403, 'invalid_ticket', 'Invalid permission ticket.', 'invalid_permission_ticket');
  }
  if (!verdict.ok || verdict.claims.iss !== issuer || verdict.claims.azp === undefined) {
    throw new OAuthError(403, 'invalid_ticket', 'Ticket verification failed', 'invalid_permission_ticket');
  }
  const { claims } = verdict;
  const permissions = Array.isArray(claims['permissions']) ? (claims['permissions'] as TicketContent['permissions']) : [];
  return {
    server: claims.azp ?? '',
    wanted: permissions.map(({ rsid, scopes = [] }) => ({ resource: rsid, scopes })),
    claims: claimMapOf(claims['claims']),
  };
}
