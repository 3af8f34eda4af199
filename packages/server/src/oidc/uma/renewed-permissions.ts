import { ReplyError } from '../../http/errors.ts';
import type { GrantedPermissions, RefreshGrant } from '../../token/contracts.ts';
import type { GrantRequest } from '../grants/grant.ts';
import { wantedIn } from '../grants/uma-ticket.ts';
import { grantedOf, resourceServerOf } from './granted.ts';

/**
 * The permissions of a refreshed requesting party token: those that it had and would get again now. A right that was taken away does not live
 * on in refresh tokens.
 */
export async function renewedPermissions(grant: GrantRequest, checked: RefreshGrant): Promise<GrantedPermissions | undefined> {
  const { context, realm, client } = grant;
  const { claims, user, session, clientSession } = checked;
  const clientId = claims['rs'];
  if (typeof clientId !== 'string') return undefined;
  const target = await resourceServerOf(grant, clientId).catch((error: unknown) => {
    if (error instanceof ReplyError) return undefined;
    throw error;
  });
  if (target === undefined) return undefined;
  const about = { realm, client, user, session, clientSession, scope: '' };
  const bearer = { ...about, claims: await context.tokens.claims('introspection', about, { sub: user.id, azp: client.clientId }) };
  const { permissions } = await grantedOf(grant, { bearer, server: target.server, wanted: [], earlier: wantedIn(claims) });
  return { server: target.client, list: permissions };
}
