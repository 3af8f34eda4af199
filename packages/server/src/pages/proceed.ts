import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { mayAskFor } from '../authentication/required-actions/catalogue.ts';
import type { ServerContext } from '../context.ts';
import type { AuthenticationTab, Realm, User } from '../model/index.ts';
import { showExpired } from './expired-login.ts';
import { finishTab } from './finish-login.ts';
import { loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { nextForm } from './next-form.ts';
import { pendingSteps } from './pending-steps.ts';
import { sendRedirect } from './send-page.ts';

/** Notes of the action that the client asked for: its name, or that there is none of that name. */
export function clientActionNotes(
  { features }: Pick<ServerContext, 'features'>,
  realm: Realm,
  request: Pick<AuthenticationTab, 'clientNotes'>,
): Readonly<Record<string, string>> {
  const asked = request.clientNotes['kc_action'];
  if (asked === undefined) return {};
  return mayAskFor(features, realm, asked) ? { [AUTH_NOTE.clientAction]: asked } : { [AUTH_NOTE.clientActionStatus]: 'error' };
}

/** The user is known: what must still be done, or the end. */
export async function proceed(login: TabLogin, user: User, notes: Readonly<Record<string, string | undefined>>): Promise<FastifyReply> {
  const actions = await pendingSteps(login, user, login.tab.clientNotes);
  if (actions.length === 0) {
    // The notes are not stored for a tab that ends now: they only have to reach the end.
    return finishTab(login, user, notes);
  }
  const next = await nextForm(login, notes, { userId: user.id, requiredActions: actions });
  if (next === undefined) return showExpired(login);
  return sendRedirect(login.browser, loginActionUrl(login, 'required-action', next.tab, { execution: actions[0] }));
}
