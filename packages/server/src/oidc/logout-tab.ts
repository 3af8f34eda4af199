import { randomBytes } from 'node:crypto';
import { AUTH_NOTE, newSessionCode } from '../authentication/authentication-tab.ts';
import type { AuthenticationTab } from '../model/index.ts';
import type { LogoutRequest } from './logout-request.ts';

/** Client note with the checked target of the logout. */
export const POST_LOGOUT_NOTE = 'post_logout_redirect_uri';

/** What the confirmation page stands for until it is answered. */
export function newLogoutTab(request: LogoutRequest, nowSeconds: number): AuthenticationTab {
  return {
    tabId: randomBytes(8).toString('base64url'),
    clientId: request.client?.id ?? '',
    redirectUri: request.redirectUri ?? '',
    action: 'LOGGING_OUT',
    protocol: 'openid-connect',
    executionStatus: {},
    requiredActions: [],
    clientNotes: request.redirectUri === undefined ? {} : { [POST_LOGOUT_NOTE]: request.redirectUri },
    authNotes: { [AUTH_NOTE.sessionCode]: newSessionCode() },
    userSessionNotes: {},
    clientScopes: [],
    timestamp: nowSeconds,
  };
}
