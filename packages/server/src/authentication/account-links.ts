import { createHash, timingSafeEqual } from 'node:crypto';
import type { Directory } from '../cache/contracts.ts';
import type { Client, Realm, User } from '../model/index.ts';
import { standingOf, tokenRoles } from '../token/permitted-roles.ts';
import { planScope } from '../token/scope.ts';

/** Client and roles that say who may link his account with outside identities. */
const CLIENT = 'account';
const ROLES = ['manage-account', 'manage-account-links'];
/** `kc_action` that links an account: `idp_link:alias`. */
export const LINK_ACTION = 'idp_link';

/** What a link that an application asks for is tied to. */
export interface LinkRequest {
  readonly nonce: string;
  readonly sessionId: string;
  readonly clientId: string;
  readonly alias: string;
}

/** The proof that the application knows the session: Keycloak's hash of client-initiated linking. */
export function linkHash({ nonce, sessionId, clientId, alias }: LinkRequest): string {
  return createHash('sha256').update(`${nonce}${sessionId}${clientId}${alias}`).digest('base64url');
}

/** Constant-time look at a hash that came with a request. */
export function hasLinkHash(request: LinkRequest, hash: string): boolean {
  const [known, shown] = [Buffer.from(linkHash(request), 'base64url'), Buffer.from(hash, 'base64url')];
  return known.length === shown.length && timingSafeEqual(known, shown);
}

/** Whether a client may link the account of a user: the user has the right to, and the client may use it. */
export async function mayLink(directory: Directory, realm: Realm, client: Client, user: User): Promise<boolean> {
  const [{ roles }, { scopes }] = await Promise.all([standingOf(directory, realm, user), planScope(directory, realm, client, 'openid')]);
  const held = (await tokenRoles(directory, realm, client, scopes, roles)).clients.get(CLIENT) ?? [];
  return ROLES.some((role) => held.includes(role));
}
