import type { FastifyReply } from 'fastify';
import { ACTION } from '../authentication/action-token/action-token.ts';
import { AUTH_NOTE, hasSessionCode, newTab } from '../authentication/authentication-tab.ts';
import { findUser } from '../authentication/find-user.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import { linkMail } from '../mail/compose.ts';
import type { Realm, User } from '../model/index.ts';
import { authenticationOf, findExecution, flowByAlias } from '../realm/realm-authentication.ts';
import type { BrowserRequest } from './browser-request.ts';
import { addTab, showExpired } from './expired-login.ts';
import { findTab, isTimedOut } from './find-tab.ts';
import { loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { mailedLink } from './mailed-link.ts';
import { nextForm } from './next-form.ts';
import { sendErrorPage, sendPage, text } from './send-page.ts';
import { showPasswordForm } from './show-step.ts';

/** The step of the realm's flow that asks who forgot the password; undefined where the flow has none. */
function chooseUserStep(realm: Realm): string | undefined {
  const authentication = authenticationOf(realm);
  const flow = flowByAlias(authentication, (realm.other['resetCredentialsFlow'] as string | undefined) ?? 'reset credentials');
  return findExecution(authentication, flow, 'reset-credentials-choose-user')?.id;
}

/** `/login-actions/reset-credentials`: the page of those who forgot their password, and what its form does. */
export async function resetCredentials(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const { realm } = browser;
  const step = chooseUserStep(realm);
  if (!realm.resetPasswordAllowed || step === undefined) return sendErrorPage(browser, 400, 'resetNotAllowedMessage');
  const found = await findTab(browser, protocol);
  if ('reply' in found) return found.reply;
  const { login } = found;
  if (isTimedOut(login)) return showExpired(login);
  const sent = browser.request.method === 'POST' && browser.query['session_code'] !== undefined;
  if (!sent || !hasSessionCode(login.tab, browser.query['session_code'])) return showPage(login, step);
  const username = (browser.form['username'] ?? '').trim();
  if (username !== '') return sendLink(login, username);
  const next = await nextForm(login, {});
  return next === undefined ? showExpired(login) : showPage(next, step, 'missingUsernameMessage');
}

function showPage(login: TabLogin, step: string, problem?: string): FastifyReply {
  const { browser, tab } = login;
  const { realm } = browser;
  return sendPage(browser, {
    template: 'login-reset-password',
    heading: 'resetPasswordHeading',
    again: loginActionUrl(login, 'reset-credentials', tab, { execution: step }),
    data: {
      action: loginActionUrl(login, 'reset-credentials', tab, { sessionCode: tab.authNotes[AUTH_NOTE.sessionCode], execution: step }),
      loginUrl: loginActionUrl(login, 'authenticate', tab),
      username: tab.authNotes[AUTH_NOTE.attemptedUsername] ?? '',
      usernameLabel: text(realm.registrationEmailAsUsername ? 'email' : realm.loginWithEmailAllowed ? 'usernameOrEmail' : 'username'),
      error: problem === undefined ? undefined : text(problem),
    },
  });
}

/**
 * Sends the link to whoever it is and says the same whoever it is: neither the page nor its time tells whether there is such a user.
 * This tab waits for the link; the person goes on in a new one.
 */
async function sendLink(login: TabLogin, username: string): Promise<FastifyReply> {
  const { browser, client, tab } = login;
  const { context, realm } = browser;
  const user = await findUser(context.state.directory, realm, username);
  const waiting = await nextForm(login, { [AUTH_NOTE.attemptedUsername]: username });
  if (waiting === undefined) return showExpired(login);
  if (user?.enabled === true && user.email !== undefined) await mailLink(waiting, user, username);
  else reportNoLink(login, user, username);
  const fresh = newTab({
    client,
    redirectUri: tab.redirectUri,
    clientNotes: tab.clientNotes,
    authNotes: { [AUTH_NOTE.attemptedUsername]: username },
    nowSeconds: context.clock.nowSeconds(),
  });
  await addTab(login, fresh);
  return showPasswordForm({ ...login, tab: fresh }, { message: 'mailSentMessage', place: 'page', calm: true, username });
}

function eventOf({ browser, client, root, tab }: TabLogin, username: string) {
  const { realm, http } = browser;
  return {
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    ipAddress: http.remoteAddress,
    details: { auth_method: client.protocol, redirect_uri: tab.redirectUri, code_id: root.id, username },
  };
}

function reportNoLink(login: TabLogin, user: User | undefined, username: string): void {
  const error = user === undefined ? 'user_not_found' : user.enabled ? 'invalid_email' : 'user_disabled';
  login.browser.context.events.emit({ ...eventOf(login, username), type: 'RESET_PASSWORD_ERROR', userId: user?.id, error });
}

async function mailLink(login: TabLogin, user: User, username: string): Promise<void> {
  const { browser } = login;
  const { context, realm } = browser;
  const event = eventOf(login, username);
  const mail = linkMail(context.themes, {
    kind: 'resetCredentials',
    realm,
    user,
    pageLocale: browser.locale,
    ...(await mailedLink(login, user, ACTION.reset)),
  });
  context.mailer.sendLater(realm, mail, (error) => {
    context.logger.of('org.keycloak.services').error(`The reset mail to user ${user.id} of realm ${realm.realm} was not sent`, { error });
    context.events.emit({ ...event, type: 'SEND_RESET_PASSWORD_ERROR', userId: user.id, error: 'email_send_failed' });
  });
  context.events.emit({ ...event, type: 'SEND_RESET_PASSWORD', userId: user.id, details: { ...event.details, email: user.email ?? '' } });
}
