import type { FastifyReply } from 'fastify';
import { AUTH_NOTE, newTab } from '../authentication/authentication-tab.ts';
import type { BrowserIdentity } from '../authentication/identity-cookie.ts';
import { registrationForm } from '../authentication/registration/register-user.ts';
import { setRestartCookie } from '../authentication/restart-cookie.ts';
import type { AuthenticationTab } from '../model/index.ts';
import { certificateOf, reportRefused } from './certificate-step.ts';
import { enterFlow } from './enter-flow.ts';
import { addTab } from './expired-login.ts';
import { finishBySession, joinBrowserSession } from './finish-login.ts';
import { showFlowRefusal, verdictOnForms } from './flow-verdict.ts';
import { forPerson } from './languages.ts';
import { type Login, type LoginRequest, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { pendingSteps } from './pending-steps.ts';
import { clientActionNotes } from './proceed.ts';
import { providerLoginUrl, wantedProvider } from './provider-buttons.ts';
import { showRegistration } from './registration.ts';
import { sendErrorPage, sendRedirect } from './send-page.ts';

async function openTab(login: Login, tab: AuthenticationTab): Promise<TabLogin> {
  const { context, realm, cookies } = login.browser;
  const root = await addTab(login, tab);
  await setRestartCookie(context, cookies, realm, login.client, tab);
  return { ...login, root, tab };
}

/**
 * Opens a tab and shows the password form.
 * @param reauthenticate the session that the user must prove again; its user name is fixed
 */
export async function startLogin(login: Login, request: LoginRequest, reauthenticate: BrowserIdentity | undefined): Promise<FastifyReply> {
  const verdict = await verdictOnForms(login, undefined, new Set(), reauthenticate?.session.id, { byCertificate: certificateOf(login) });
  const goesOn = verdict.kind === 'challenge' || (verdict.kind === 'success' && verdict.certificate !== undefined);
  if (!goesOn) {
    reportRefused(login, verdict, request, undefined);
    return showFlowRefusal(login, verdict, { redirect_uri: request.redirectUri });
  }
  const tab = newTab({
    client: login.client,
    ...request,
    authNotes:
      reauthenticate === undefined
        ? undefined
        : {
            [AUTH_NOTE.reauthentication]: 'true',
            [AUTH_NOTE.attemptedUsername]: reauthenticate.user.username,
            [AUTH_NOTE.sessionId]: reauthenticate.session.id,
            [AUTH_NOTE.sessionUser]: reauthenticate.user.id,
            [AUTH_NOTE.flash]: 'reauthenticateMessage',
          },
    nowSeconds: login.browser.context.clock.nowSeconds(),
  });
  const known = { user: reauthenticate?.user, uiLocales: request.clientNotes['ui_locales'] };
  const opened = await openTab(login, tab);
  reportRefused(login, verdict, tab, opened.root.id);
  const provider = verdict.kind === 'challenge' && reauthenticate === undefined ? wantedProvider(login, request.clientNotes) : undefined;
  if (provider !== undefined) return sendRedirect(login.browser, providerLoginUrl(opened, provider));
  return enterFlow({ ...opened, browser: forPerson(login.browser, login.client, known) }, verdict);
}

/** Opens a tab and shows the page on which people make their account. */
export async function startRegistration(login: Login, request: LoginRequest): Promise<FastifyReply> {
  const form = registrationForm(login.browser.realm);
  if (form === undefined) return sendErrorPage(login.browser, 400, 'registrationNotAllowedMessage');
  const tab = newTab({ client: login.client, ...request, nowSeconds: login.browser.context.clock.nowSeconds() });
  const opened = await openTab(login, tab);
  const browser = forPerson(login.browser, login.client, { uiLocales: request.clientNotes['ui_locales'] });
  return showRegistration({ ...opened, browser }, form);
}

/** Goes on with the browser's session: back to the client at once, or first through what the user must still do. */
export async function continueSession(login: Login, request: LoginRequest, identity: BrowserIdentity): Promise<FastifyReply> {
  const actions = await pendingSteps(login, identity.user, request.clientNotes);
  const notes = clientActionNotes(login.browser.context, login.browser.realm, request);
  if (actions.length === 0) {
    const sessions = await joinBrowserSession(login, identity, request);
    return sessions === undefined ? startLogin(login, request, undefined) : finishBySession(login, identity.user, sessions, request, notes);
  }
  const tab: AuthenticationTab = {
    ...newTab({
      client: login.client,
      ...request,
      authNotes: { ...notes, [AUTH_NOTE.sessionId]: identity.session.id, [AUTH_NOTE.sessionUser]: identity.user.id },
      nowSeconds: login.browser.context.clock.nowSeconds(),
    }),
    userId: identity.user.id,
    requiredActions: actions,
  };
  await openTab(login, tab);
  return sendRedirect(login.browser, loginActionUrl(login, 'required-action', tab, { execution: actions[0] }));
}
