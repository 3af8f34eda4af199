import type { User } from '../../model/index.ts';
import type { TokenResponse } from '../../token/contracts.ts';
import { type GrantSessions, goOffline, isOfflineScope, requireOfflinePermission } from '../sessions-of-grant.ts';
import type { GrantRequest } from './grant.ts';

/** What a person's login in a browser was asked for, kept until its code is exchanged. */
export interface LoginAsked {
  readonly scope: string;
  readonly nonce: string | undefined;
  readonly grant: 'authorization_code' | 'device_code';
}

/** The tokens of a code that was exchanged, from the sessions of the login that made it; offline ones where the scope asks for them. */
export async function tokensOfLogin(grant: GrantRequest, user: User, online: GrantSessions, asked: LoginAsked): Promise<TokenResponse> {
  const { context, realm, client } = grant;
  const offline = isOfflineScope(asked.scope);
  if (offline) await requireOfflinePermission(context, realm, client, user);
  const sessions = offline ? await goOffline(context, realm, client, online, true) : online;
  return context.tokens.issue({
    realm,
    client,
    user,
    ...sessions,
    ...asked,
    issuer: grant.issuer,
    confirmation: grant.confirmation,
    refreshToken: true,
  });
}
