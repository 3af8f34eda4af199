import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { setSessionCookies } from '../authentication/authentication-session-cookie.ts';
import { AUTH_NOTE, withNotes, withoutTab } from '../authentication/authentication-tab.ts';
import { type BrowserIdentity, setIdentityCookies } from '../authentication/identity-cookie.ts';
import { joinSession, type LoginSessions, openSession, type SessionRequest } from '../authentication/login-sessions.ts';
import { expireRestartCookie } from '../authentication/restart-cookie.ts';
import type { AuthenticationTab, Realm, User } from '../model/index.ts';
import { showExpired } from './expired-login.ts';
import { claimTab, type Login, type TabLogin } from './login-in-progress.ts';
import { sendAnswer, sendErrorPage } from './send-page.ts';

/** Same entropy and alphabet as the ids of authentication sessions. */
const SESSION_ID_BYTES = 18;

function sessionRequest(login: Login, user: User, redirectUri: string, clientNotes: Readonly<Record<string, string>>): SessionRequest {
  const { browser, client } = login;
  return { realm: browser.realm, client, user, ipAddress: browser.http.remoteAddress, redirectUri, clientNotes, issuer: browser.issuer };
}

function actionResult(tab: AuthenticationTab): Readonly<Record<string, string>> {
  const status = tab.authNotes[AUTH_NOTE.clientActionStatus];
  const action = tab.authNotes[AUTH_NOTE.clientAction];
  if (status === undefined) return {};
  return action === undefined ? { kc_action_status: status } : { kc_action: action, kc_action_status: status };
}

/** What remains of a root session after one of its tabs is done goes after the lifespan of a code. */
function remainingTimestamp(realm: Realm, nowSeconds: number): number {
  const lifespan = Math.max(realm.accessCodeLifespan, realm.accessCodeLifespanUserAction, realm.accessCodeLifespanLogin);
  return nowSeconds - lifespan + realm.accessCodeLifespan;
}

/** Cookies, event and the answer to the client: the same for a fresh login and for single sign-on. */
async function answer(
  login: Login,
  user: User,
  sessions: LoginSessions,
  redirectUri: string,
  clientNotes: Readonly<Record<string, string>>,
  extra: Readonly<Record<string, string>>,
): Promise<FastifyReply> {
  const { browser, client, protocol } = login;
  const { context, realm, cookies, issuer } = browser;
  await setIdentityCookies(context, cookies, realm, issuer, sessions.session);
  context.events.emit({
    type: 'LOGIN',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    userId: user.id,
    sessionId: sessions.session.id,
    ipAddress: browser.http.remoteAddress,
    details: { auth_method: client.protocol, redirect_uri: redirectUri, username: user.username, code_id: sessions.session.id },
  });
  return sendAnswer(browser, await protocol.succeed({ realm, client, user, ...sessions, redirectUri, clientNotes, issuer, extra }));
}

/** The session that a finished tab ends in: the known one of the same user, else a new one. */
async function sessionsOf(login: TabLogin, tab: AuthenticationTab, user: User): Promise<LoginSessions> {
  const { context } = login.browser;
  const request = sessionRequest(login, user, tab.redirectUri, tab.clientNotes);
  const known = tab.authNotes[AUTH_NOTE.sessionId];
  if (known !== undefined && tab.authNotes[AUTH_NOTE.sessionUser] === user.id) {
    const joined = await joinSession(context, request, known, tab.authNotes[AUTH_NOTE.authenticatedAt] !== undefined);
    if (joined !== undefined) return joined;
  }
  // A root id opens one session in its life; whoever comes after that session ended gets an id of his own.
  const sessionId = known === undefined ? login.root.id : randomBytes(SESSION_ID_BYTES).toString('base64url');
  return openSession(context, request, {
    sessionId,
    username: user.username,
    rememberMe: tab.authNotes[AUTH_NOTE.rememberMe] !== undefined,
  });
}

/**
 * Ends a tab: takes it out (once, however many requests try), opens or joins the user session, and goes back to the client.
 * @param notes what this last request adds to the tab's notes
 */
export async function finishTab(
  login: TabLogin,
  user: User,
  notes: Readonly<Record<string, string | undefined>> = {},
): Promise<FastifyReply> {
  const { browser } = login;
  const { realm, context } = browser;
  let last = true;
  const found = await claimTab(login, (root, current) => {
    const known = current.authNotes[AUTH_NOTE.sessionId] ?? root.id;
    const rest = withoutTab(root, current.tabId, { id: known, userId: user.id }, remainingTimestamp(realm, context.clock.nowSeconds()));
    last = rest === undefined;
    return rest;
  });
  if (found === undefined) return showExpired(login);
  const tab = withNotes(found, notes);
  const owner = tab.authNotes[AUTH_NOTE.sessionUser];
  if (owner !== undefined && owner !== user.id) return sendErrorPage(browser, 400, 'differentUserMessage');
  const sessions = await sessionsOf(login, tab, user);
  if (last) expireRestartCookie(browser.cookies);
  return answer(login, user, sessions, tab.redirectUri, tab.clientNotes, actionResult(tab));
}

/** Single sign-on: the browser's session takes in the client, without any page. Undefined if the session just ended. */
export async function finishBySession(
  login: Login,
  identity: BrowserIdentity,
  redirectUri: string,
  clientNotes: Readonly<Record<string, string>>,
  extra: Readonly<Record<string, string>> = {},
): Promise<FastifyReply | undefined> {
  const { context, realm, cookies } = login.browser;
  const request = sessionRequest(login, identity.user, redirectUri, clientNotes);
  const sessions = await joinSession(context, request, identity.session.id, false);
  if (sessions === undefined) return undefined;
  await setSessionCookies(context, cookies, realm, sessions.session.id);
  return answer(login, identity.user, sessions, redirectUri, clientNotes, extra);
}
