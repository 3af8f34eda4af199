import type { FastifyReply } from 'fastify';
import { isSessionCookieCurrent, readRoot, setSessionCookies } from '../authentication/authentication-session-cookie.ts';
import { AUTH_NOTE, newTab, withTab } from '../authentication/authentication-tab.ts';
import { decodeClientData } from '../authentication/client-data.ts';
import { readIdentity } from '../authentication/identity-cookie.ts';
import { readRestartCookie } from '../authentication/restart-cookie.ts';
import type { AuthenticationTab, RootAuthenticationSession } from '../model/index.ts';
import { type Login, loginActionUrl } from './login-in-progress.ts';
import { sendAnswer, sendErrorPage, sendPage, sendRedirect, text } from './send-page.ts';

/** Adds a tab to the browser's root session, or opens one with it. Sets the session cookies where the browser's are of no use. */
export async function addTab(login: Login, tab: AuthenticationTab): Promise<RootAuthenticationSession> {
  const { context, realm, cookies } = login.browser;
  const { authenticationSessions } = context.state;
  const existing = await readRoot(context, cookies, realm);
  const joined = existing === undefined ? undefined : await authenticationSessions.update(realm, existing.id, (root) => withTab(root, tab));
  const root = joined ?? (await authenticationSessions.create(realm, tab));
  if (joined === undefined || !isSessionCookieCurrent(context, cookies, root.id)) await setSessionCookies(context, cookies, realm, root.id);
  return root;
}

/**
 * A login request whose tab is gone. A browser that is logged in is sent back to its application with
 * `temporarily_unavailable`, so that the application asks again and gets single sign-on; one that is not starts again from its
 * restart cookie; one without either is told so.
 */
export async function showExpired(login: Login): Promise<FastifyReply> {
  const { browser, client, protocol } = login;
  const { context, realm, cookies, issuer } = browser;
  if ((await readIdentity(context, cookies, realm, issuer)) !== undefined) {
    const data = decodeClientData(browser.query['client_data']);
    if (data === undefined || !protocol.acceptsRedirect(client, data.redirectUri, browser.http.baseUrl)) return showAlreadyLoggedIn(login);
    const clientNotes: Record<string, string> = { response_type: data.responseType };
    if (data.responseMode !== undefined) clientNotes['response_mode'] = data.responseMode;
    if (data.state !== undefined) clientNotes['state'] = data.state;
    const error = { error: 'temporarily_unavailable', description: 'authentication_expired' };
    return sendAnswer(browser, await protocol.fail({ realm, client, redirectUri: data.redirectUri, clientNotes, issuer, ...error }));
  }
  const restart = await readRestartCookie(context, cookies, realm, client);
  if (restart === undefined) return sendErrorPage(browser, 400, 'cookieNotFoundMessage');
  const tab = newTab({
    client,
    ...restart,
    authNotes: { [AUTH_NOTE.flash]: 'loginTimeoutMessage' },
    nowSeconds: context.clock.nowSeconds(),
  });
  await addTab(login, tab);
  return sendRedirect(browser, loginActionUrl(login, 'authenticate', tab));
}

function showAlreadyLoggedIn({ browser, client }: Login): FastifyReply {
  const backUrl = /^https?:\/\//.test(client.baseUrl ?? '') ? client.baseUrl : undefined;
  return sendPage(browser, {
    template: 'info',
    heading: 'alreadyLoggedInHeading',
    data: { message: text('alreadyLoggedInMessage'), backUrl },
  });
}
