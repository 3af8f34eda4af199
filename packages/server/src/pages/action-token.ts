import type { FastifyReply } from 'fastify';
import { ACTION, type ActionToken, isUsed, readActionToken, useOf } from '../authentication/action-token/action-token.ts';
import { readRoot } from '../authentication/authentication-session-cookie.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import type { Client } from '../model/index.ts';
import type { BrowserRequest } from './browser-request.ts';
import { type FollowedLink, refuse } from './followed-link.ts';
import { continueReset, performActions, verifyEmail } from './link-actions.ts';
import { linkIdentity } from './link-identity.ts';
import type { TabLogin } from './login-in-progress.ts';

/** `/login-actions/action-token`: links of mails. To open one uses nothing up, as programs that look at mails open them too. */
export async function followActionToken(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const { context, realm, issuer, query } = browser;
  const verdict = await readActionToken(context, realm, issuer, query['key'] ?? '');
  if (!verdict.ok) return refuse(browser, undefined, verdict.reason === 'expired' ? 'expired_code' : 'not_allowed');
  const { token } = verdict;
  const [user, client] = await Promise.all([
    context.state.directory.userById(realm, token.userId),
    context.state.directory.clientByClientId(realm, token.clientId),
  ]);
  const known = user?.enabled === true && user.email === token.email && client?.enabled === true;
  if (!known) return refuse(browser, token, 'not_allowed');
  if (await isUsed(context, useOf(realm, token))) return refuse(browser, token, 'expired_code', client);
  const link: FollowedLink = { browser, protocol, token, user, client, waiting: await waitingLogin(browser, protocol, client, token) };
  if (token.kind === ACTION.link) return linkIdentity(link);
  if (token.kind === ACTION.verify) return verifyEmail(link);
  return token.kind === ACTION.reset ? continueReset(link) : performActions(link);
}

/** The tab that the token names, if it is one of this browser's. */
async function waitingLogin(
  browser: BrowserRequest,
  protocol: LoginProtocol,
  client: Client,
  { tab: reference }: ActionToken,
): Promise<TabLogin | undefined> {
  if (reference === undefined) return undefined;
  const root = await readRoot(browser.context, browser.cookies, browser.realm);
  if (root === undefined || root.id !== reference.rootId || !Object.hasOwn(root.tabs, reference.tabId)) return undefined;
  const tab = root.tabs[reference.tabId];
  if (tab === undefined || tab.clientId !== client.id || tab.action !== 'AUTHENTICATE') return undefined;
  return { browser, client, protocol, root, tab };
}
