import type { FastifyReply } from 'fastify';
import { hasLinkHash, mayLink } from '../authentication/account-links.ts';
import { AUTH_NOTE, newTab } from '../authentication/authentication-tab.ts';
import { readIdentity } from '../authentication/identity-cookie.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import { userTags } from '../cache/invalidation-keys.ts';
import type { User } from '../model/index.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { addTab, showExpired } from '../pages/expired-login.ts';
import { endTab } from '../pages/finish-login.ts';
import { claimTab, type TabLogin } from '../pages/login-in-progress.ts';
import { nextStep } from '../pages/next-form.ts';
import { sendErrorPage, sendRedirect } from '../pages/send-page.ts';
import { type Brokered, linkOf } from './brokered.ts';
import { emitIdentity } from './report.ts';
import { type FoundProvider, providerOf, sendToProvider } from './send-to-provider.ts';

/** What tabs of client-initiated linking are for: nobody logs in by one. */
export const LINKING = 'LINKING';
const LINK_NONCE = 'LINK_NONCE';
const MAX_NONCE = 255;

/** An address of the application with parameters that say why nothing was linked. */
function withError(redirectUri: string, error: string, nonce: string): string {
  const hash = redirectUri.indexOf('#');
  const [uri, fragment] = hash < 0 ? [redirectUri, ''] : [redirectUri.slice(0, hash), redirectUri.slice(hash)];
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ link_error: error, nonce }).toString()}${fragment}`;
}

/** `/broker/{alias}/link`: an application has the account of its user linked. The hash shows that it knows the session. */
export async function startLink(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const { context, realm, query, http, cookies, issuer } = browser;
  const { client_id: clientId = '', redirect_uri: redirectUri = '', nonce = '', hash = '' } = query;
  const alias = (browser.request.params as { alias?: string }).alias ?? '';
  const event = { realmId: realm.id, realmName: realm.realm, clientId, ipAddress: http.remoteAddress };
  const failed = (error: string, userId?: string): void =>
    context.events.emit({ ...event, type: 'CLIENT_INITIATED_ACCOUNT_LINKING_ERROR', userId, error });
  // Whoever knows the session knows the hash, and so does every application in it: a link could be forced on its user (CVE-2026-15571).
  if (!context.allowsClientInitiatedLinking) {
    failed('not_allowed');
    return sendErrorPage(browser, 400, 'invalidRequestMessage');
  }
  const client = clientId === '' ? undefined : await context.state.directory.clientByClientId(realm, clientId);
  if (client?.enabled !== true) {
    failed(client === undefined ? 'client_not_found' : 'client_disabled');
    return sendErrorPage(browser, 400, 'invalidRequestMessage');
  }
  const isComplete = nonce !== '' && nonce.length <= MAX_NONCE && hash !== '';
  if (!isComplete || !protocol.acceptsRedirect(client, redirectUri, http.baseUrl)) {
    failed('invalid_redirect_uri');
    return sendErrorPage(browser, 400, 'invalidRequestMessage');
  }
  const refuse = (error: string, userId?: string): FastifyReply => {
    failed(error, userId);
    return sendRedirect(browser, withError(redirectUri, error, nonce));
  };
  const identity = await readIdentity(context, cookies, realm, issuer);
  if (identity === undefined) return refuse('not_logged_in');
  const { session, user } = identity;
  const inSession = (await context.state.userSessions.pair(realm, session.id, client, false))?.client !== undefined;
  if (!inSession || !hasLinkHash({ nonce, sessionId: session.id, clientId, alias }, hash)) {
    failed('invalid_token', user.id);
    return sendErrorPage(browser, 400, 'invalidRequestMessage');
  }
  if (!(await mayLink(context.state.directory, realm, client, user))) return refuse('not_allowed', user.id);
  const found = providerOf(browser);
  if (found === undefined) return refuse('unknown_identity_provider', user.id);
  const tab = {
    ...newTab({
      client,
      redirectUri,
      clientNotes: {},
      authNotes: { [AUTH_NOTE.linkingProvider]: alias, [AUTH_NOTE.sessionId]: session.id, [LINK_NONCE]: nonce },
      nowSeconds: context.clock.nowSeconds(),
    }),
    action: LINKING,
    userId: user.id,
  };
  const login = { browser, client, protocol };
  context.events.emit({ ...event, type: 'CLIENT_INITIATED_ACCOUNT_LINKING', userId: user.id, sessionId: session.id });
  return sendToProvider({ ...login, root: await addTab(login, tab), tab }, found);
}

/** The provider said nothing that can be linked. */
export async function failLink(login: TabLogin, error: string): Promise<FastifyReply> {
  return end(login, await userOf(login), error);
}

/** The provider named an identity: it becomes the user's, who must still be the one that sits there. */
export async function finishLink(login: TabLogin, { provider }: FoundProvider, brokered: Brokered): Promise<FastifyReply> {
  const { browser, client, tab } = login;
  const { context, realm, cookies, issuer } = browser;
  const user = await userOf(login);
  if (user === undefined) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  const identity = { alias: provider.alias, name: brokered.identity.name };
  const failed = (error: string): void => emitIdentity(login, 'FEDERATED_IDENTITY_LINK_ERROR', user, identity, error);
  if (tab.action === LINKING) {
    const sitting = await readIdentity(context, cookies, realm, issuer);
    if (sitting?.session.id !== tab.authNotes[AUTH_NOTE.sessionId]) {
      failed('not_logged_in');
      return end(login, user, 'not_logged_in');
    }
  }
  if (!(await mayLink(context.state.directory, realm, client, user))) {
    failed('not_allowed');
    return end(login, user, 'not_allowed');
  }
  const isLinked = await context.state.changes.write(async (stores, touch) => {
    const owner = await stores.federatedIdentities.userOf(realm.id, provider.alias, brokered.identity.id);
    touch(...userTags(user));
    if (owner !== user.id) return stores.federatedIdentities.add(realm.id, user.id, linkOf(brokered));
    await stores.federatedIdentities.renew(user.id, linkOf(brokered));
    return true;
  });
  if (!isLinked) {
    failed('federated_identity_account_exists');
    if (tab.action === LINKING)
      return sendErrorPage(browser, 409, 'identityAlreadyLinkedMessage', [provider.displayName || provider.alias]);
    return end(login, user, 'federated_identity_account_exists');
  }
  emitIdentity(login, 'FEDERATED_IDENTITY_LINK', user, identity);
  return end(login, user, undefined);
}

async function userOf({ browser, tab }: TabLogin): Promise<User | undefined> {
  const user = tab.userId === undefined ? undefined : await browser.context.state.directory.userById(browser.realm, tab.userId);
  return user?.enabled === true ? user : undefined;
}

/** Back to the application, or on with the login whose action the link was. */
async function end(login: TabLogin, user: User | undefined, error: string | undefined): Promise<FastifyReply> {
  const { browser, tab } = login;
  if (user === undefined) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  if (tab.action !== LINKING) {
    const status = error === undefined ? 'success' : error === 'access_denied' ? 'cancelled' : 'error';
    return nextStep(login, user, { [AUTH_NOTE.clientActionStatus]: status, [AUTH_NOTE.linkingProvider]: undefined });
  }
  const found = await claimTab(login, (root, current) => endTab(login, root, current));
  if (found === undefined) return showExpired(login);
  return sendRedirect(browser, error === undefined ? tab.redirectUri : withError(tab.redirectUri, error, tab.authNotes[LINK_NONCE] ?? ''));
}
