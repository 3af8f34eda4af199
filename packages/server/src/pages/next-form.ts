import type { FastifyReply } from 'fastify';
import { AUTH_NOTE, newSessionCode, withNotes, withTab } from '../authentication/authentication-tab.ts';
import type { AuthenticationTab, User } from '../model/index.ts';
import { showExpired } from './expired-login.ts';
import { finishTab } from './finish-login.ts';
import { claimTab, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { sendRedirect } from './send-page.ts';

/** Gives the tab its next form: other notes, other fields, a new session code. Undefined if another request was faster. */
export async function nextForm(
  login: TabLogin,
  notes: Readonly<Record<string, string | undefined>>,
  fields: Partial<AuthenticationTab> = {},
): Promise<TabLogin | undefined> {
  const fresh = { ...notes, [AUTH_NOTE.flash]: undefined, [AUTH_NOTE.sessionCode]: newSessionCode() };
  const change = (tab: AuthenticationTab): AuthenticationTab => ({ ...withNotes(tab, fresh), ...fields });
  const found = await claimTab(login, (root, current) => withTab(root, change(current)));
  return found === undefined ? undefined : { ...login, tab: change(found) };
}

/** Goes on with the steps that are left after the first one, or to the end. */
export async function nextStep(login: TabLogin, user: User, notes: Readonly<Record<string, string | undefined>>): Promise<FastifyReply> {
  const rest = login.tab.requiredActions.slice(1);
  if (rest.length === 0) return finishTab(login, user, notes);
  const next = await nextForm(login, notes, { requiredActions: rest });
  if (next === undefined) return showExpired(login);
  return sendRedirect(login.browser, loginActionUrl(login, 'required-action', next.tab, { execution: rest[0] }));
}
