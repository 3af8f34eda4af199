import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { setSessionCookies } from '../authentication/authentication-session-cookie.ts';
import { AUTH_NOTE, withNotes, withoutTab } from '../authentication/authentication-tab.ts';
import { brokerSession, providerNotes } from '../authentication/broker-notes.ts';
import { countsSessions, type FlowVerdict } from '../authentication/flow/login-flow.ts';
import { type BrowserIdentity, setIdentityCookies } from '../authentication/identity-cookie.ts';
import { joinSession, type LoginSessions, openSession, type SessionRequest } from '../authentication/login-sessions.ts';
import { expireRestartCookie } from '../authentication/restart-cookie.ts';
import type { AuthenticationTab, Realm, RootAuthenticationSession, User } from '../model/index.ts';
import type { BrowserRequest } from './browser-request.ts';
import { showExpired } from './expired-login.ts';
import { doneSteps, showFlowRefusal, verdictOnForms } from './flow-verdict.ts';
import { emitLoginError, responseDetails, tabDetails } from './login-error.ts';
import { claimTab, type Login, type LoginRequest, type TabLogin } from './login-in-progress.ts';
import { rememberLocale } from './remember-locale.ts';
import { sendAnswer, sendErrorPage, sendPage, text } from './send-page.ts';

/** Same entropy and alphabet as the ids of authentication sessions. */
const SESSION_ID_BYTES = 18;

function sessionRequest(login: Login, user: User, redirectUri: string, clientNotes: Readonly<Record<string, string>>): SessionRequest {
  const { browser, client } = login;
  const { realm, http, request, issuer } = browser;
  const userAgent = request.headers['user-agent'];
  return { realm, client, user, ipAddress: http.remoteAddress, userAgent, redirectUri, clientNotes, issuer };
}

function actionResult(tab: AuthenticationTab): Readonly<Record<string, string>> {
  const status = tab.authNotes[AUTH_NOTE.clientActionStatus];
  const action = tab.authNotes[AUTH_NOTE.clientAction];
  if (status === undefined) return {};
  // What stands behind the colon is the action's own.
  return action === undefined ? { kc_action_status: status } : { kc_action: action.split(':', 1)[0] as string, kc_action_status: status };
}

/** The certificate that the login was made with, for its event. */
function certificateOfTab({ authNotes }: AuthenticationTab): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(authNotes).filter(([name]) => name.startsWith('x509_cert_')));
}

/** What remains of a root session after one of its tabs is done goes after the lifespan of a code. */
function remainingTimestamp(realm: Realm, nowSeconds: number): number {
  const lifespan = Math.max(realm.accessCodeLifespan, realm.accessCodeLifespanUserAction, realm.accessCodeLifespanLogin);
  return nowSeconds - lifespan + realm.accessCodeLifespan;
}

/** The root without a tab that ends in no session; undefined where no other tab is left. */
export function endTab(
  { browser: { realm, context } }: Login,
  root: RootAuthenticationSession,
  tab: AuthenticationTab,
): RootAuthenticationSession | undefined {
  return withoutTab(root, tab.tabId, undefined, remainingTimestamp(realm, context.clock.nowSeconds()));
}

/** Cookies, event and the answer to the client: the same for a fresh login and for single sign-on. */
async function answer(
  login: Login,
  user: User,
  sessions: LoginSessions,
  redirectUri: string,
  clientNotes: Readonly<Record<string, string>>,
  extra: Readonly<Record<string, string>>,
  consent: string | undefined,
  details: Readonly<Record<string, string>> = {},
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
    details: {
      auth_method: client.protocol,
      auth_type: 'code',
      ...responseDetails(clientNotes),
      redirect_uri: redirectUri,
      consent: consent ?? (client.consentRequired ? 'persistent_consent' : 'no_consent_required'),
      username: user.username,
      code_id: sessions.session.id,
      ...details,
    },
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
    broker: brokerSession(tab),
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
    const detached = current.authNotes[AUTH_NOTE.endAfterActions] !== undefined;
    const session = detached ? undefined : { id: known, userId: user.id };
    const rest = withoutTab(root, current.tabId, session, remainingTimestamp(realm, context.clock.nowSeconds()));
    last = rest === undefined;
    return rest;
  });
  if (found === undefined) return showExpired(login);
  const tab = withNotes(found, notes);
  if (tab.authNotes[AUTH_NOTE.endAfterActions] !== undefined) return showAccountUpdated(browser, tab);
  const owner = tab.authNotes[AUTH_NOTE.sessionUser];
  if (owner !== undefined && owner !== user.id) return sendErrorPage(browser, 400, 'differentUserMessage');
  if (!login.protocol.isFor(tab.clientNotes, user)) return refuseUser(login, tab, user);
  const sessions = await sessionsOf(login, tab, user);
  // Whoever joins by the session of another tab, or comes by a link from a mail, did not go through the forms that count.
  const byForms = tab.authNotes[AUTH_NOTE.authenticatedAt] !== undefined && tab.authNotes[AUTH_NOTE.actionTokenUse] === undefined;
  const refusal = byForms ? await countAgain(login, tab, user, sessions) : undefined;
  if (refusal !== undefined) {
    return showFlowRefusal(login, refusal, { redirect_uri: tab.redirectUri, code_id: login.root.id, username: user.username });
  }
  if (last) expireRestartCookie(browser.cookies);
  const locale = tab.authNotes[AUTH_NOTE.locale];
  if (locale !== undefined) await rememberLocale(browser, user, locale);
  return answer(login, user, sessions, tab.redirectUri, tab.clientNotes, actionResult(tab), tab.authNotes[AUTH_NOTE.consent], {
    ...certificateOfTab(tab),
    ...providerNotes(tab),
  });
}

/** Somebody logged in whom the application did not mean: it hears that, and nothing of him (OpenID Connect Core section 3.1.2.2). */
async function refuseUser(login: TabLogin, tab: AuthenticationTab, user: User): Promise<FastifyReply> {
  const { browser, client, protocol } = login;
  const { realm, issuer } = browser;
  emitLoginError(login, { error: 'different_user_authenticated', userId: user.id, details: tabDetails(login, user.username) });
  const { redirectUri, clientNotes } = tab;
  return sendAnswer(browser, await protocol.fail({ realm, client, redirectUri, clientNotes, issuer, error: 'access_denied' }));
}

/** The end of what a link from a mail began: nobody is logged in by it. */
function showAccountUpdated(browser: BrowserRequest, tab: AuthenticationTab): FastifyReply {
  return sendPage(browser, {
    template: 'info',
    heading: 'accountUpdatedHeading',
    data: { message: text('accountUpdatedMessage'), backUrl: tab.authNotes[AUTH_NOTE.backUrl] },
  });
}

/** Counts the sessions again now that this one is there; one too many ends again, and the verdict says why. */
async function countAgain(
  login: TabLogin,
  tab: AuthenticationTab,
  user: User,
  { session }: LoginSessions,
): Promise<FlowVerdict | undefined> {
  const { browser, client } = login;
  const { context, realm, issuer } = browser;
  if (!countsSessions(realm, client, 'browser')) return undefined;
  const verdict = await verdictOnForms(login, user, doneSteps(login, tab), session.id);
  if (verdict.kind === 'success') return undefined;
  await context.logouts.endSession(realm, session.id, { issuer });
  return verdict;
}

/** The browser's session with the client in it; undefined if it just ended. */
export function joinBrowserSession(login: Login, identity: BrowserIdentity, asked: LoginRequest): Promise<LoginSessions | undefined> {
  const request = sessionRequest(login, identity.user, asked.redirectUri, asked.clientNotes);
  return joinSession(login.browser.context, request, identity.session.id, false);
}

/** Single sign-on: the browser's session has taken in the client; back to it without any page. */
export async function finishBySession(
  login: Login,
  user: User,
  sessions: LoginSessions,
  asked: LoginRequest,
  extra: Readonly<Record<string, string>> = {},
): Promise<FastifyReply> {
  const { context, realm, cookies } = login.browser;
  await setSessionCookies(context, cookies, realm, sessions.session.id);
  return answer(login, user, sessions, asked.redirectUri, asked.clientNotes, extra, undefined);
}
