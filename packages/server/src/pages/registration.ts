import type { FastifyReply } from 'fastify';
import { AUTH_NOTE, hasSessionCode } from '../authentication/authentication-tab.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import { askedProfile, profileFields } from '../authentication/profile/asked-profile.ts';
import { type RegistrationForm, registerUser, registrationForm } from '../authentication/registration/register-user.ts';
import { requestedScopes } from '../authentication/requested-scopes.ts';
import type { ActionProblem } from '../authentication/required-actions/required-action.ts';
import type { BrowserRequest } from './browser-request.ts';
import { showExpired } from './expired-login.ts';
import { findTab, isTimedOut } from './find-tab.ts';
import { type Login, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { nextForm } from './next-form.ts';
import { proceed } from './proceed.ts';
import { sendErrorPage, sendPage, sendRedirect } from './send-page.ts';
import { problemTexts, withLabels } from './show-step.ts';

/** `/login-actions/registration`: the page on which people make their own account, and what its form does. */
export async function registration(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const form = registrationForm(browser.realm);
  if (form === undefined) return sendErrorPage(browser, 400, 'registrationNotAllowedMessage');
  const found = await findTab(browser, protocol);
  if ('reply' in found) return found.reply;
  const { login } = found;
  const { tab } = login;
  if (isTimedOut(login)) return showExpired(login);
  if (tab.userId !== undefined) {
    return sendRedirect(browser, loginActionUrl(login, 'required-action', tab, { execution: tab.requiredActions[0] }));
  }
  const sent = browser.request.method === 'POST' && browser.query['session_code'] !== undefined;
  if (!sent) return showRegistration(login, form);
  if (!hasSessionCode(tab, browser.query['session_code']) || browser.query['execution'] !== form.execution) {
    return sendRedirect(browser, loginActionUrl(login, 'registration', tab));
  }
  return submit(login, form);
}

/** The registration page. @param problems of the form that was sent */
export function showRegistration(
  login: Login & Pick<TabLogin, 'tab'>,
  form: RegistrationForm,
  problems?: readonly ActionProblem[],
): FastifyReply {
  const { browser, client, tab } = login;
  const { realm } = browser;
  const asked = askedProfile(realm, 'register', requestedScopes(client, tab.clientNotes['scope']));
  const hint = tab.clientNotes['login_hint'];
  const fields = profileFields(asked, problems === undefined ? (name) => (name === 'username' && hint ? [hint] : []) : browser.values);
  const nameField = fields.find(({ name }) => name === (asked.nameIsEmail ? 'email' : 'username'));
  return sendPage(browser, {
    template: 'register',
    heading: 'registerTitle',
    again: loginActionUrl(login, 'registration', tab),
    data: {
      action: loginActionUrl(login, 'registration', tab, {
        sessionCode: tab.authNotes[AUTH_NOTE.sessionCode],
        execution: form.execution,
      }),
      loginUrl: loginActionUrl(login, 'authenticate', tab),
      passwordRequired: form.password,
      afterField: form.password ? nameField?.name : undefined,
      termsAsked: form.terms,
      problems: problemTexts(problems),
      ...withLabels({ fields }),
    },
  });
}

async function submit(login: TabLogin, form: RegistrationForm): Promise<FastifyReply> {
  const { browser, client, tab, root } = login;
  const { context, realm, values } = browser;
  // The code of the form is used up first: a form that is sent twice makes one account.
  const next = await nextForm(login, {});
  if (next === undefined) return showExpired(login);
  const event = {
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    ipAddress: browser.http.remoteAddress,
    details: {
      auth_method: client.protocol,
      redirect_uri: tab.redirectUri,
      register_method: 'form',
      code_id: root.id,
      username: (values('username')[0] ?? '').slice(0, 255),
      email: (values('email')[0] ?? '').slice(0, 255),
    },
  };
  const outcome = await registerUser(context, realm, form, values, requestedScopes(client, tab.clientNotes['scope']));
  if ('problems' in outcome) {
    context.events.emit({ ...event, type: 'REGISTER_ERROR', error: eventError(outcome.problems) });
    return showRegistration(next, form, outcome.problems);
  }
  const { user } = outcome;
  context.events.emit({ ...event, type: 'REGISTER', userId: user.id, details: { ...event.details, username: user.username } });
  return proceed(next, user, {
    [AUTH_NOTE.attemptedUsername]: user.username,
    [AUTH_NOTE.authenticatedAt]: String(context.clock.nowSeconds()),
  });
}

function eventError(problems: readonly ActionProblem[]): string {
  const has = (message: string): boolean => problems.some((problem) => problem.message === message);
  if (has('emailExistsMessage')) return 'email_in_use';
  return has('usernameExistsMessage') ? 'username_in_use' : 'invalid_registration';
}
