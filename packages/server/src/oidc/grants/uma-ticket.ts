import type { Permission } from '../../authorization/representation/permissions.ts';
import type { Wanted } from '../../authorization/wished.ts';
import type { Bearer, Claims } from '../../token/contracts.ts';
import { OAuthError } from '../oauth-error.ts';
import { type Granted, grantedOf, resourceServerOf } from '../uma/granted.ts';
import { readTicket } from '../uma/permission-ticket.ts';
import { askingClientOf, requestingParty } from '../uma/requesting-party.ts';
import { submitRequest } from '../uma/submit-request.ts';
import { type UmaRequest, umaRequestOf } from '../uma/uma-request.ts';
import type { Grant, GrantRequest } from './grant.ts';

/** Permissions for a token or a plain answer (UMA 2.0 Grant section 3.3), with a ticket of the resource server or without one. */
export const umaTicketGrant: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
  event: 'PERMISSION_TOKEN',
  clientOf: askingClientOf,
  async handle(grant) {
    const { context, realm, client, form, issuer, trace } = grant;
    const asked = umaRequestOf(grant.request, form);
    if (form.has('claim_token') && client.publicClient && asked.ticket === undefined) {
      throw new OAuthError(403, 'invalid_grant', 'Public clients are not allowed to send claims', 'invalid_request');
    }
    const bearer = await requestingParty(grant, asked.byIdToken);
    trace.userId = bearer.user.id;
    if (bearer.session !== undefined) trace.sessionId = bearer.session.id;
    const ticket = asked.ticket === undefined ? undefined : await readTicket(context, realm, issuer, asked.ticket);
    const { client: target, server } = await resourceServerOf(grant, ticket?.server ?? asked.audience);
    trace.details['audience'] = target.clientId;
    const wanted = ticket?.wanted ?? asked.wanted;
    const earlier = asked.rpt === undefined ? undefined : await permissionsOfRpt(grant, asked.rpt, bearer, target.clientId);
    const claims = { ...ticket?.claims, ...asked.claims };
    const question = { ...asked, bearer, server, wanted, earlier, claims, byUri: asked.byUri && ticket === undefined };
    const granted = await grantedOf(grant, question);
    if (!isEnough(granted, wanted, earlier !== undefined && ticket === undefined)) {
      const submitted = ticket !== undefined && asked.submit;
      if (submitted) await submitRequest(context, realm, server, ticket.wanted, granted);
      throw new OAuthError(403, 'access_denied', submitted ? 'request_submitted' : 'not_authorized');
    }
    return answer(grant, asked, bearer, granted, target, earlier);
  },
};

/** Something is granted; and where an earlier token is to be widened, all of what is wanted. */
function isEnough({ permissions, scopes }: Granted, wanted: readonly Wanted[], all: boolean): boolean {
  if (permissions.length === 0) return false;
  if (!all) return true;
  return wanted.every((one) => {
    const names = one.scopes.filter((name) => scopes.byName.has(name));
    return permissions.some(
      ({ rsid, rsname, scopes: got = [] }) =>
        (one.resource === undefined || one.resource === rsid || one.resource === rsname) && names.every((name) => got.includes(name)),
    );
  });
}

async function answer(
  grant: GrantRequest,
  asked: UmaRequest,
  bearer: Bearer,
  { permissions }: Granted,
  target: GrantRequest['client'],
  earlier: readonly Wanted[] | undefined,
): Promise<object> {
  if (asked.mode === 'decision') return { result: true };
  if (asked.mode === 'permissions') return permissions;
  if (asked.mode !== undefined) throw new OAuthError(400, 'invalid_request', 'Invalid response_mode');
  const { session, clientSession } = bearer;
  const issued = await grant.context.tokens.issue({
    realm: grant.realm,
    client: bearer.client,
    user: bearer.user,
    session,
    clientSession,
    scope: '',
    issuer: grant.issuer,
    grant: 'uma_ticket',
    confirmation: grant.confirmation,
    refreshToken: session !== undefined,
    permissions: { server: target, list: permissions },
  });
  const { session_state: _session, scope: _scope, id_token: _id, ...tokens } = issued;
  return { upgraded: earlier !== undefined && holdsAll(permissions, earlier), ...tokens };
}

/** Whether all that an earlier token granted is granted again. */
function holdsAll(permissions: readonly Permission[], earlier: readonly Wanted[]): boolean {
  return earlier.every(({ resource, scopes }) =>
    permissions.some(({ rsid, scopes: got = [] }) => rsid === resource && scopes.every((name) => got.includes(name))),
  );
}

/** What an earlier token of the same subject grants. @throws OAuthError 403 invalid_rpt. */
async function permissionsOfRpt(
  { context, realm, issuer }: GrantRequest,
  rpt: string,
  { user }: Bearer,
  audience: string,
): Promise<readonly Wanted[]> {
  const verdict = await context.tokens.bearer(realm, issuer, rpt);
  if (!verdict.ok || verdict.bearer.user.id !== user.id)
    throw new OAuthError(403, 'invalid_rpt', 'RPT signature is invalid', 'invalid_rpt');
  const { claims } = verdict.bearer;
  const aud = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? []);
  return aud.includes(audience) ? wantedIn(claims) : [];
}

/** The permissions that a token carries, as something that is wanted again. */
export function wantedIn(claims: Claims): readonly Wanted[] {
  const authorization = claims['authorization'] as { readonly permissions?: readonly Permission[] } | undefined;
  return (authorization?.permissions ?? []).flatMap(({ rsid, scopes = [] }) => (rsid === undefined ? [] : [{ resource: rsid, scopes }]));
}
