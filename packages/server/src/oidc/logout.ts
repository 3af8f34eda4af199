import type { FastifyInstance, FastifyReply } from 'fastify';
import { isSessionCookieCurrent, readRoot, setSessionIdCookie } from '../authentication/authentication-session-cookie.ts';
import { AUTH_NOTE, hasSessionCode, withoutTab, withTab } from '../authentication/authentication-tab.ts';
import { expireIdentityCookies, forgetUsername, readIdentity } from '../authentication/identity-cookie.ts';
import type { ServerContext } from '../context.ts';
import type { FrontChannelClient } from '../logout/contracts.ts';
import type { AuthenticationTab } from '../model/index.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { declarePage } from '../pages/page-route.ts';
import { sendErrorPage, sendPage, sendRedirect, text } from '../pages/send-page.ts';
import { answerPreflight } from './cors.ts';
import { sendFrontChannelPage } from './front-channel-page.ts';
import { addressAtProvider, backFromProvider } from './logout-at-provider.ts';
import { logoutByRefreshToken } from './logout-by-token.ts';
import { checkLogoutRequest, type LogoutRequest } from './logout-request.ts';
import { newLogoutTab, POST_LOGOUT_NOTE } from './logout-tab.ts';

const LOGOUT = '/protocol/openid-connect/logout';
/** Client in the address of a confirmation that no client asked for. */
const ACCOUNT_CLIENT = 'account';

function emitLogout({ context, realm, http }: BrowserRequest, userId: string, sessionId: string, clientId: string | undefined): void {
  const base = { type: 'LOGOUT', realmId: realm.id, realmName: realm.realm, ipAddress: http.remoteAddress };
  context.events.emit({ ...base, userId, sessionId, clientId });
}

/**
 * Ends the browser's session, or the one that the id token names where the browser has no cookie. Clients that want to hear of it in the
 * browser do, and a browser that came from a provider ends its session there, too, before it goes on.
 */
async function endSession(browser: BrowserRequest, request: Pick<LogoutRequest, 'client' | 'hint' | 'redirectUri'>): Promise<FastifyReply> {
  const { context, realm, cookies, issuer } = browser;
  const identity = await readIdentity(context, cookies, realm, issuer);
  const hinted = request.hint?.sid;
  const sessionId = identity?.session.id ?? hinted;
  if (identity !== undefined) {
    expireIdentityCookies(cookies);
    forgetUsername(cookies);
  }
  const ended = sessionId === undefined ? undefined : await context.logouts.endSession(realm, sessionId, { issuer, browser: true });
  if (ended === undefined) return afterLogout(browser, request.redirectUri, []);
  emitLogout(browser, ended.session.userId, ended.session.id, request.client?.clientId);
  const there = identity === undefined ? undefined : await addressAtProvider(browser, ended.session, request.redirectUri);
  return afterLogout(browser, there ?? request.redirectUri, ended.frontChannel);
}

function afterLogout(browser: BrowserRequest, redirectUri: string | undefined, clients: readonly FrontChannelClient[]): FastifyReply {
  if (clients.length > 0) return sendFrontChannelPage(browser, clients, redirectUri);
  if (redirectUri !== undefined) return sendRedirect(browser, redirectUri);
  return sendPage(browser, {
    template: 'info',
    heading: 'loggedOutHeading',
    data: { message: text('loggedOutMessage'), backUrl: undefined },
  });
}

/** Asks whether to log out: without an id token anyone could have sent the browser here. */
async function askForConfirmation(browser: BrowserRequest, request: LogoutRequest): Promise<FastifyReply> {
  const { context, realm, cookies } = browser;
  const tab = newLogoutTab(request, context.clock.nowSeconds());
  const existing = await readRoot(context, cookies, realm);
  const { authenticationSessions } = context.state;
  const joined = existing === undefined ? undefined : await authenticationSessions.update(realm, existing.id, (root) => withTab(root, tab));
  if (joined === undefined || !isSessionCookieCurrent(context, cookies, joined.id)) {
    const root = joined ?? (await authenticationSessions.create(realm, tab));
    await setSessionIdCookie(context, cookies, realm, root.id);
  }
  const address = new URLSearchParams({ client_id: request.client?.clientId ?? ACCOUNT_CLIENT, tab_id: tab.tabId });
  return sendPage(browser, {
    template: 'logout-confirm',
    heading: 'logoutConfirmHeading',
    data: {
      action: `${browser.issuer}${LOGOUT}/logout-confirm?${address.toString()}`,
      sessionCode: tab.authNotes[AUTH_NOTE.sessionCode],
      backUrl: undefined,
    },
  });
}

/** `end_session_endpoint`. */
async function logout(browser: BrowserRequest, parameters: Readonly<Record<string, string>>): Promise<FastifyReply> {
  const { context, realm, cookies, issuer, http } = browser;
  const request = await checkLogoutRequest(context, realm, issuer, http.baseUrl, parameters);
  if ('message' in request) {
    const base = { type: 'LOGOUT_ERROR', realmId: realm.id, realmName: realm.realm, ipAddress: http.remoteAddress };
    context.events.emit({ ...base, clientId: parameters['client_id'], error: request.event });
    return sendErrorPage(browser, 400, request.message, request.parameters);
  }
  const identity = await readIdentity(context, cookies, realm, issuer);
  const { hint, redirectUri } = request;
  const proven = hint !== undefined && (identity === undefined || identity.session.id === hint.sid || identity.user.id === hint.sub);
  if (proven) {
    return endSession(browser, request);
  }
  if (identity === undefined && redirectUri !== undefined) return sendRedirect(browser, redirectUri);
  return askForConfirmation(browser, request);
}

/** The confirmation form was sent; its code is good once. */
async function confirm(browser: BrowserRequest): Promise<FastifyReply> {
  const { context, realm, cookies, query, form } = browser;
  const root = await readRoot(context, cookies, realm);
  let taken: AuthenticationTab | undefined;
  if (root !== undefined && browser.request.method === 'POST') {
    await context.state.authenticationSessions.update(realm, root.id, (stored) => {
      const tabId = query['tab_id'] ?? '';
      const tab = Object.hasOwn(stored.tabs, tabId) ? stored.tabs[tabId] : undefined;
      taken = tab?.action === 'LOGGING_OUT' && hasSessionCode(tab, form['session_code']) ? tab : undefined;
      return taken === undefined ? stored : withoutTab(stored, tabId, undefined, stored.timestamp);
    });
  }
  if (taken === undefined) return sendErrorPage(browser, 400, 'logoutFailedMessage');
  const client = taken.clientId === '' ? undefined : await context.state.directory.clientById(realm, taken.clientId);
  return endSession(browser, { client, hint: undefined, redirectUri: taken.clientNotes[POST_LOGOUT_NOTE] });
}

/** `/realms/{realm}/protocol/openid-connect/logout` for browsers, and Keycloak's own logout by refresh token. */
export function registerLogout(app: FastifyInstance, context: ServerContext): void {
  const url = `/realms/:realm${LOGOUT}`;
  const handlers = {
    GET: (browser: BrowserRequest) => logout(browser, browser.query),
    POST: (browser: BrowserRequest) =>
      browser.form['refresh_token'] === undefined ? logout(browser, browser.form) : logoutByRefreshToken(browser),
  };
  declarePage(app, context, url, handlers, (request, reply) => answerPreflight(request, reply, 'GET, HEAD, OPTIONS'));
  declarePage(app, context, '/realms/:realm/broker/:alias/endpoint/logout_response', {
    GET: (browser) => backFromProvider(browser, (redirectUri) => afterLogout(browser, redirectUri, [])),
  });
  declarePage(app, context, `${url}/logout-confirm`, { GET: confirm, POST: confirm });
}
