import type { FastifyReply } from 'fastify';
import type { ActionToken } from '../authentication/action-token/action-token.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import type { Client, User } from '../model/index.ts';
import type { BrowserRequest } from './browser-request.ts';
import type { TabLogin } from './login-in-progress.ts';
import { sendErrorPage } from './send-page.ts';

/** A link from a mail that is good here and now, in the hands of this browser. */
export interface FollowedLink {
  readonly browser: BrowserRequest;
  readonly protocol: LoginProtocol;
  readonly token: ActionToken;
  readonly user: User;
  readonly client: Client;
  /** The login that the link belongs to, where this browser is the one that it waits in. */
  readonly waiting: TabLogin | undefined;
}

/** Refuses a link; one that is over says so, anything else tells nothing. */
export function refuse(
  browser: BrowserRequest,
  token: ActionToken | undefined,
  error: 'expired_code' | 'not_allowed',
  client?: Client,
): FastifyReply {
  const { context, realm, http } = browser;
  context.events.emit({
    type: 'EXECUTE_ACTION_TOKEN_ERROR',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: token?.clientId,
    userId: token?.userId,
    ipAddress: http.remoteAddress,
    error,
    ...(token === undefined ? {} : { details: { action: token.kind } }),
  });
  const message = error === 'expired_code' ? 'expiredLinkMessage' : 'expiredCodeMessage';
  return sendErrorPage(browser, 400, message, [], client?.baseUrl);
}
