import type { FastifyReply } from 'fastify';
import { AUTH_NOTE, newTab } from '../authentication/authentication-tab.ts';
import type { BrowserIdentity } from '../authentication/identity-cookie.ts';
import { openActions, requiredAction } from '../authentication/required-actions/catalogue.ts';
import { setRestartCookie } from '../authentication/restart-cookie.ts';
import type { AuthenticationTab } from '../model/index.ts';
import { addTab } from './expired-login.ts';
import { finishBySession } from './finish-login.ts';
import { type Login, loginActionUrl } from './login-in-progress.ts';
import { sendRedirect } from './send-page.ts';
import { showPasswordForm } from './show-step.ts';

/** What the client asked for, already checked. */
export interface LoginRequest {
  readonly redirectUri: string;
  readonly clientNotes: Readonly<Record<string, string>>;
}

async function openTab(login: Login, tab: AuthenticationTab): Promise<void> {
  const { context, realm, cookies } = login.browser;
  await addTab(login, tab);
  await setRestartCookie(context, cookies, realm, login.client, tab);
}

/**
 * Opens a tab and shows the password form.
 * @param reauthenticate the session that the user must prove again; its user name is fixed
 */
export async function startLogin(login: Login, request: LoginRequest, reauthenticate: BrowserIdentity | undefined): Promise<FastifyReply> {
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
  await openTab(login, tab);
  return showPasswordForm({ ...login, tab });
}

/** Actions that a browser which is logged in must still carry out for this request. */
export function actionsOf(identity: BrowserIdentity, request: LoginRequest): readonly string[] {
  return openActions(identity.user, request.clientNotes['kc_action']);
}

/** Notes of the action that the client asked for: its name, or that there is none of that name. */
export function clientActionNotes(request: LoginRequest): Readonly<Record<string, string>> {
  const asked = request.clientNotes['kc_action'];
  if (asked === undefined) return {};
  return requiredAction(asked) === undefined ? { [AUTH_NOTE.clientActionStatus]: 'error' } : { [AUTH_NOTE.clientAction]: asked };
}

/** Goes on with the browser's session: back to the client at once, or first through what the user must still do. */
export async function continueSession(login: Login, request: LoginRequest, identity: BrowserIdentity): Promise<FastifyReply> {
  const actions = actionsOf(identity, request);
  const notes = clientActionNotes(request);
  if (actions.length === 0) {
    const finished = await finishBySession(login, identity, request.redirectUri, request.clientNotes, notes);
    return finished ?? startLogin(login, request, undefined);
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
