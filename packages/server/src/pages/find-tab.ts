import type { FastifyReply } from 'fastify';
import { isSessionCookieCurrent, readRoot, setSessionIdCookie } from '../authentication/authentication-session-cookie.ts';
import { AUTH_NOTE, withNotes, withTab } from '../authentication/authentication-tab.ts';
import { COOKIE } from '../authentication/browser-cookies.ts';
import { decodeClientData } from '../authentication/client-data.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import type { AuthenticationTab, Client, RootAuthenticationSession } from '../model/index.ts';
import type { BrowserRequest } from './browser-request.ts';
import { showExpired } from './expired-login.ts';
import { chosenLocale, forPerson } from './languages.ts';
import type { Login, TabLogin } from './login-in-progress.ts';
import { rememberLocale } from './remember-locale.ts';
import { sendErrorPage } from './send-page.ts';

export type Found = { readonly login: TabLogin } | { readonly reply: FastifyReply };

/** The tab that a login URL names, or the page that says why there is none. @param actions what the tab may be for */
export async function findTab(
  browser: BrowserRequest,
  protocol: LoginProtocol,
  actions: readonly string[] = ['AUTHENTICATE'],
): Promise<Found> {
  const { context, realm, query, form, cookies } = browser;
  const zeroByte = [...Object.values(query), ...Object.values(form)].some((value) => value.includes('\u0000'));
  const badData = query['client_data'] !== undefined && decodeClientData(query['client_data']) === undefined;
  if (zeroByte || badData) return { reply: sendErrorPage(browser, 400, 'invalidRequestMessage') };
  const clientId = query['client_id'];
  const client = clientId === undefined ? undefined : await context.state.directory.clientByClientId(realm, clientId);
  if (client === undefined) return { reply: sendErrorPage(browser, 400, 'cookieNotFoundMessage') };
  if (!client.enabled) return { reply: sendErrorPage(browser, 400, 'clientDisabledMessage') };
  const login: Login = { browser, client, protocol };
  const root = await readRoot(context, cookies, realm);
  const tabId = query['tab_id'] ?? '';
  const tab = root !== undefined && Object.hasOwn(root.tabs, tabId) ? root.tabs[tabId] : undefined;
  if (root === undefined || tab === undefined || !actions.includes(tab.action)) return { reply: await showExpired(login) };
  if (tab.clientId !== client.id) return { reply: sendErrorPage(browser, 400, 'expiredCodeMessage') };
  // The owner of the session may have changed since the cookie was set: the balancer learns of it with this answer.
  if (!isSessionCookieCurrent(context, cookies, root.id)) await setSessionIdCookie(context, cookies, realm, root.id);
  return { login: { ...login, browser: await inLanguage(browser, client, root, tab), root, tab } };
}

/** The request in the language of the login's person; a choice that comes with it is remembered. */
async function inLanguage(
  browser: BrowserRequest,
  client: Client,
  root: RootAuthenticationSession,
  tab: AuthenticationTab,
): Promise<BrowserRequest> {
  const { context, realm, query, cookies } = browser;
  const chosen = chosenLocale(realm, query);
  const user = tab.userId === undefined ? undefined : await context.state.directory.userById(realm, tab.userId);
  if (chosen !== undefined) {
    cookies.set(COOKIE.locale, chosen, { httpOnly: true });
    await context.state.authenticationSessions.update(realm, root.id, (stored) => {
      const current = stored.tabs[tab.tabId];
      return current === undefined ? stored : withTab(stored, withNotes(current, { [AUTH_NOTE.locale]: chosen }));
    });
    if (user !== undefined) await rememberLocale(browser, user, chosen);
  }
  return forPerson(browser, client, { chosen: chosen ?? tab.authNotes[AUTH_NOTE.locale], user, uiLocales: tab.clientNotes['ui_locales'] });
}

/** Whether the login took longer than the realm allows for the step that it is at. */
export function isTimedOut({ browser, tab }: TabLogin): boolean {
  const lifespan = tab.userId === undefined ? browser.realm.accessCodeLifespanLogin : browser.realm.accessCodeLifespanUserAction;
  return tab.timestamp + lifespan < browser.context.clock.nowSeconds();
}
