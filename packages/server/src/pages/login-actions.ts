import type { FastifyInstance, FastifyReply } from 'fastify';
import { AUTH_NOTE, hasSessionCode, newTab, withNotes, withTab } from '../authentication/authentication-tab.ts';
import { certificateExecution, passwordExecution } from '../authentication/flow/login-flow.ts';
import { expireIdentityCookies, readIdentity } from '../authentication/identity-cookie.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import { VERIFY_EMAIL } from '../authentication/required-actions/catalogue.ts';
import type { ServerContext } from '../context.ts';
import type { AuthenticationTab, User } from '../model/index.ts';
import { followActionToken } from './action-token.ts';
import type { BrowserRequest } from './browser-request.ts';
import { showConsent, submitConsent } from './consent.ts';
import { enterAgain, submitCertificate } from './enter-flow.ts';
import { findTab, isTimedOut } from './find-tab.ts';
import { finishTab } from './finish-login.ts';
import { claimTab, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { declarePage } from './page-route.ts';
import { CONSENT_STEP, pendingSteps } from './pending-steps.ts';
import { registration } from './registration.ts';
import { resetCredentials } from './reset-credentials.ts';
import { showSecondFactor, submitSecondFactor } from './second-factor.ts';
import { sendErrorPage, sendPage, sendRedirect } from './send-page.ts';
import { showAction, showPasswordForm } from './show-step.ts';
import { submitAction, submitPassword } from './submit-step.ts';
import { showVerifyEmail } from './verify-email.ts';

/** Puts the tab back to its start, with a message for the next page. What it knows of another tab's session stays. */
async function restartTab(login: TabLogin, flash: string | undefined, keepUser: boolean): Promise<FastifyReply> {
  const { browser, client, tab } = login;
  const fresh: AuthenticationTab = {
    ...newTab({ client, redirectUri: tab.redirectUri, clientNotes: tab.clientNotes, nowSeconds: browser.context.clock.nowSeconds() }),
    tabId: tab.tabId,
  };
  await claimTab(login, (root, current) => {
    const authNotes: Record<string, string> = { ...fresh.authNotes };
    const kept = keepUser ? [AUTH_NOTE.sessionId, AUTH_NOTE.sessionUser] : [AUTH_NOTE.sessionId];
    for (const name of kept) if (current.authNotes[name] !== undefined) authNotes[name] = current.authNotes[name];
    if (flash !== undefined) authNotes[AUTH_NOTE.flash] = flash;
    if (certificateExecution(browser.realm, client, 'browser') !== undefined) authNotes[AUTH_NOTE.enterAgain] = 'true';
    return withTab(root, { ...fresh, authNotes });
  });
  return sendRedirect(browser, loginActionUrl(login, 'authenticate', fresh));
}

/** A form with a code that is not the tab's: sent twice, or made by someone else. Its content is not looked at. */
async function staleForm(login: TabLogin, path: string, execution: string | undefined): Promise<FastifyReply> {
  if (login.tab.authNotes[AUTH_NOTE.flash] === undefined) {
    await claimTab(login, (root, current) => withTab(root, withNotes(current, { [AUTH_NOTE.flash]: 'expiredActionMessage' })));
  }
  return sendRedirect(login.browser, loginActionUrl(login, path, login.tab, { execution }));
}

/** The page's step is not the one that the tab is at: nothing happens until the user says how to go on. */
function pageExpired(login: TabLogin, path: string, execution: string | undefined): FastifyReply {
  return sendPage(login.browser, {
    template: 'login-page-expired',
    heading: 'pageExpiredHeading',
    data: {
      restartUrl: `${loginActionUrl(login, 'restart', login.tab)}&skip_logout=false`,
      continueUrl: loginActionUrl(login, path, login.tab, { execution }),
    },
  });
}

/** GET shows the tab's form again, and so does a POST without a session code; a POST with one sends the form. */
async function authenticate(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const found = await findTab(browser, protocol);
  if ('reply' in found) return found.reply;
  const { login } = found;
  const { tab } = login;
  const certificateStep = tab.authNotes[AUTH_NOTE.certificateStep];
  const secondFactorStep = tab.authNotes[AUTH_NOTE.secondFactorStep];
  const execution = secondFactorStep ?? certificateStep ?? passwordExecution(browser.realm, login.client)?.id;
  if (isTimedOut(login)) return restartTab(login, 'loginTimeoutMessage', true);
  if (tab.userId !== undefined) {
    return sendRedirect(browser, loginActionUrl(login, 'required-action', tab, { execution: tab.requiredActions[0] }));
  }
  if (browser.query['session_code'] !== undefined && !hasSessionCode(tab, browser.query['session_code']))
    return staleForm(login, 'authenticate', browser.query['execution'] && execution);
  if (browser.request.method === 'POST' && browser.query['session_code'] !== undefined) {
    if (browser.query['execution'] !== execution) return pageExpired(login, 'authenticate', execution);
    if (secondFactorStep !== undefined) return submitSecondFactor(login);
    return certificateStep === undefined ? submitPassword(login) : submitCertificate(login);
  }
  const named = browser.query['execution'];
  if (named !== undefined && named !== execution) return pageExpired(login, 'authenticate', execution);
  const known = await userOfOtherTab(login);
  if (known !== undefined) return finishTab(login, known);
  if (secondFactorStep !== undefined) return showSecondFactor(login);
  const enters = certificateStep !== undefined || tab.authNotes[AUTH_NOTE.enterAgain] !== undefined;
  return enters ? enterAgain(login) : showPasswordForm(login);
}

/** Who logged in meanwhile in another tab of this browser: a reload of this one needs no password then. */
async function userOfOtherTab(login: TabLogin): Promise<User | undefined> {
  const { browser, tab } = login;
  const { context, realm, cookies, issuer } = browser;
  const sessionId = tab.authNotes[AUTH_NOTE.sessionId];
  if (sessionId === undefined || tab.authNotes[AUTH_NOTE.reauthentication] !== undefined) return undefined;
  if ((tab.clientNotes['prompt'] ?? '').split(' ').includes('login')) return undefined;
  const identity = await readIdentity(context, cookies, realm, issuer);
  if (identity === undefined || identity.session.id !== sessionId) return undefined;
  return (await pendingSteps(login, identity.user, tab.clientNotes)).length > 0 ? undefined : identity.user;
}

async function requiredActionPage(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const found = await findTab(browser, protocol);
  if ('reply' in found) return found.reply;
  const { login } = found;
  const { tab } = login;
  if (tab.userId === undefined) return sendRedirect(browser, loginActionUrl(login, 'authenticate', tab));
  if (isTimedOut(login)) return restartTab(login, 'loginTimeoutMessage', true);
  const user = await browser.context.state.directory.userById(browser.realm, tab.userId);
  if (user === undefined || !user.enabled) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  const open = tab.requiredActions[0];
  if (open === undefined) return finishTab(login, user);
  if (open === VERIFY_EMAIL) return showVerifyEmail(login, user);
  if (browser.request.method === 'POST' && browser.query['session_code'] !== undefined) {
    if (!hasSessionCode(tab, browser.query['session_code'])) return staleForm(login, 'required-action', open);
    return browser.query['execution'] === open ? submitAction(login, user) : pageExpired(login, 'required-action', open);
  }
  return open === CONSENT_STEP ? showConsent(login, user) : showAction(login, user);
}

/** The consent page was answered. */
async function consent(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const found = await findTab(browser, protocol);
  if ('reply' in found) return found.reply;
  const { login } = found;
  const user = login.tab.userId === undefined ? undefined : await browser.context.state.directory.userById(browser.realm, login.tab.userId);
  if (user === undefined || !user.enabled) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  if (isTimedOut(login)) return restartTab(login, 'loginTimeoutMessage', true);
  return browser.request.method === 'POST' ? submitConsent(login, user) : showConsent(login, user);
}

/** Starts the tab again; a session that was to be proved again is given up, as the user wants to be someone else. */
async function restart(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const found = await findTab(browser, protocol);
  if ('reply' in found) return found.reply;
  const { login } = found;
  const { context, realm, cookies, issuer, query } = browser;
  if (login.tab.authNotes[AUTH_NOTE.reauthentication] === undefined || query['skip_logout'] === 'true') {
    return restartTab(login, undefined, true);
  }
  const identity = await readIdentity(context, cookies, realm, issuer);
  if (identity !== undefined) await context.logouts.endSession(realm, identity.session.id, { issuer });
  expireIdentityCookies(cookies);
  return restartTab(login, undefined, false);
}

/** The endpoints under `/realms/{realm}/login-actions` that login pages post to. */
export function registerLoginActions(app: FastifyInstance, context: ServerContext, protocol: LoginProtocol): void {
  const base = '/realms/:realm/login-actions';
  const routes: readonly (readonly [string, (browser: BrowserRequest, protocol: LoginProtocol) => Promise<FastifyReply>])[] = [
    ['authenticate', authenticate],
    ['required-action', requiredActionPage],
    ['consent', consent],
    ['registration', registration],
    ['reset-credentials', resetCredentials],
    ['action-token', followActionToken],
    ['restart', restart],
    ['detached-info', async (browser) => sendErrorPage(browser, 400, 'actionExpiredMessage')],
  ];
  for (const [name, handle] of routes) {
    const handler = (browser: BrowserRequest) => handle(browser, protocol);
    declarePage(app, context, `${base}/${name}`, { GET: handler, POST: handler });
  }
}
