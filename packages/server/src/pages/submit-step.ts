import type { FastifyReply } from 'fastify';
import { AUTH_NOTE, newSessionCode, withNotes, withTab } from '../authentication/authentication-tab.ts';
import { openActions, requiredAction } from '../authentication/required-actions/catalogue.ts';
import { type StepOutcome, usernamePasswordStep } from '../authentication/steps/username-password.ts';
import { userTags } from '../cache/invalidation-keys.ts';
import type { AuthenticationTab, User } from '../model/index.ts';
import { showExpired } from './expired-login.ts';
import { finishTab } from './finish-login.ts';
import { claimTab, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { sendRedirect } from './send-page.ts';
import { showAction, showPasswordForm } from './show-step.ts';
import { clientActionNotes } from './start-login.ts';

/** Gives the tab its next form: other notes, other fields, a new session code. Undefined if another request was faster. */
async function nextForm(
  login: TabLogin,
  notes: Readonly<Record<string, string | undefined>>,
  fields: Partial<AuthenticationTab> = {},
): Promise<TabLogin | undefined> {
  const fresh = { ...notes, [AUTH_NOTE.flash]: undefined, [AUTH_NOTE.sessionCode]: newSessionCode() };
  const change = (tab: AuthenticationTab): AuthenticationTab => ({ ...withNotes(tab, fresh), ...fields });
  const found = await claimTab(login, (root, current) => withTab(root, change(current)));
  return found === undefined ? undefined : { ...login, tab: change(found) };
}

/** The password form was sent. */
export async function submitPassword(login: TabLogin): Promise<FastifyReply> {
  const { browser, tab } = login;
  const { context, realm, form } = browser;
  const typed = { username: form['username'] ?? '', password: form['password'] ?? '' };
  const outcome = await usernamePasswordStep(context.passwordLogin, realm, tab, typed, browser.http.remoteAddress);
  if (outcome.kind === 'challenge') return challenge(login, outcome);
  const rememberMe = realm.rememberMe && form['rememberMe'] !== undefined ? 'true' : undefined;
  return proceed(login, outcome.user, {
    ...clientActionNotes(tab),
    [AUTH_NOTE.attemptedUsername]: outcome.username,
    [AUTH_NOTE.authenticatedAt]: String(context.clock.nowSeconds()),
    [AUTH_NOTE.rememberMe]: rememberMe,
  });
}

async function challenge(login: TabLogin, outcome: StepOutcome & { kind: 'challenge' }): Promise<FastifyReply> {
  const { browser, client, tab } = login;
  const { context, realm } = browser;
  context.events.emit({
    type: 'LOGIN_ERROR',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    userId: outcome.userId,
    ipAddress: browser.http.remoteAddress,
    error: outcome.event,
    details: { auth_method: client.protocol, redirect_uri: tab.redirectUri, code_id: login.root.id, username: outcome.username },
  });
  const next = await nextForm(login, { [AUTH_NOTE.attemptedUsername]: outcome.username });
  return next === undefined
    ? showExpired(login)
    : showPasswordForm(next, { ...outcome, rememberMe: browser.form['rememberMe'] !== undefined });
}

/** The user is known: what must still be done, or the end. */
async function proceed(login: TabLogin, user: User, notes: Readonly<Record<string, string | undefined>>): Promise<FastifyReply> {
  const actions = openActions(user, login.tab.clientNotes['kc_action']);
  if (actions.length === 0) {
    // The notes are not stored for a tab that ends now: they only have to reach the end.
    return finishTab(login, user, notes);
  }
  const next = await nextForm(login, notes, { userId: user.id, requiredActions: actions });
  if (next === undefined) return showExpired(login);
  return sendRedirect(login.browser, loginActionUrl(login, 'required-action', next.tab, { execution: actions[0] }));
}

/** The form of a required action was sent. */
export async function submitAction(login: TabLogin, user: User): Promise<FastifyReply> {
  const { browser, client, tab, root } = login;
  const { context, realm, form } = browser;
  const action = requiredAction(tab.requiredActions[0] ?? '');
  if (action === undefined) return showExpired(login);
  const chosen = tab.authNotes[AUTH_NOTE.clientAction] === action.id;
  const cancelled = chosen && form['cancel-aia'] !== undefined && !user.requiredActions.includes(action.id);
  if (!cancelled) {
    const problem = await action.process(context, {
      realm,
      user,
      tab,
      clientId: client.clientId,
      form,
      sessionId: tab.authNotes[AUTH_NOTE.sessionId] ?? root.id,
      ipAddress: browser.http.remoteAddress,
    });
    if (problem !== undefined) {
      const next = await nextForm(login, {});
      return next === undefined ? showExpired(login) : showAction(next, user.username, problem);
    }
    if (user.requiredActions.includes(action.id)) await clearAction(login, user, action.id);
  }
  const notes = chosen ? { [AUTH_NOTE.clientActionStatus]: cancelled ? 'cancelled' : 'success' } : {};
  const rest = tab.requiredActions.slice(1);
  if (rest.length === 0) return finishTab(login, user, notes);
  const next = await nextForm(login, notes, { requiredActions: rest });
  if (next === undefined) return showExpired(login);
  return sendRedirect(browser, loginActionUrl(login, 'required-action', next.tab, { execution: rest[0] }));
}

async function clearAction({ browser }: TabLogin, user: User, action: string): Promise<void> {
  const { realm, context } = browser;
  await context.state.changes.write(async (stores, touch) => {
    const current = await stores.users.byId(realm.id, user.id);
    if (current === undefined) return;
    await stores.users.update({ ...current, requiredActions: current.requiredActions.filter((id) => id !== action) });
    touch(...userTags(user));
  });
}
