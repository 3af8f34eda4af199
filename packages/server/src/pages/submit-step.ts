import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { expireIdentityCookies } from '../authentication/identity-cookie.ts';
import { requiredAction } from '../authentication/required-actions/catalogue.ts';
import { expireRestartCookie } from '../authentication/restart-cookie.ts';
import { type StepOutcome, usernamePasswordStep } from '../authentication/steps/username-password.ts';
import { userTags } from '../cache/invalidation-keys.ts';
import type { User } from '../model/index.ts';
import { showExpired } from './expired-login.ts';
import { endTab } from './finish-login.ts';
import { doneSteps, showFlowRefusal, verdictOnForms } from './flow-verdict.ts';
import { emitLoginError, tabDetails } from './login-error.ts';
import { claimTab, type TabLogin } from './login-in-progress.ts';
import { nextForm, nextStep } from './next-form.ts';
import { clientActionNotes, proceed } from './proceed.ts';
import { providerLoginUrl } from './provider-buttons.ts';
import { askSecondFactor } from './second-factor.ts';
import { sendAnswer, sendErrorPage, sendPage, sendRedirect, text } from './send-page.ts';
import { showAction, showPasswordForm } from './show-step.ts';
import { useUpLink } from './used-link.ts';

/** The password form was sent. */
export async function submitPassword(login: TabLogin): Promise<FastifyReply> {
  const { browser, tab } = login;
  const { context, realm, form } = browser;
  const typed = { username: form['username'] ?? '', password: form['password'] ?? '' };
  const outcome = await usernamePasswordStep(context.passwordLogin, realm, tab, typed, browser.http.remoteAddress);
  if (outcome.kind === 'challenge') return challenge(login, outcome);
  const named = tab.authNotes[AUTH_NOTE.certificateUser];
  if (named !== undefined && named !== outcome.user.id) return sendErrorPage(browser, 400, 'differentUserMessage');
  const setUp = new Set<string>();
  const { user: proven, secondFactors } = outcome;
  const verdict = await verdictOnForms(login, proven, doneSteps(login, tab), tab.authNotes[AUTH_NOTE.sessionId], { setUp, secondFactors });
  const rememberMe = realm.rememberMe && form['rememberMe'] !== undefined ? 'true' : undefined;
  const notes = { [AUTH_NOTE.attemptedUsername]: outcome.username, [AUTH_NOTE.rememberMe]: rememberMe };
  const further = verdict.kind === 'challenge' && verdict.execution.authenticator !== 'auth-username-password-form';
  if (further) return askSecondFactor(login, outcome.user, verdict.execution, notes);
  if (verdict.kind !== 'success') {
    return showFlowRefusal(login, verdict, tabDetails(login, outcome.username));
  }
  const user = setUp.size === 0 ? outcome.user : await demandActions(login, outcome.user, setUp);
  return proceed(login, user, {
    ...clientActionNotes(context, realm, tab),
    ...notes,
    [AUTH_NOTE.authenticatedAt]: String(context.clock.nowSeconds()),
  });
}

/** What the flow asks for and the user does not have yet must be set up before the login ends; a reload does not get past it. */
async function demandActions({ browser }: TabLogin, user: User, actions: ReadonlySet<string>): Promise<User> {
  const { realm, context } = browser;
  return context.state.changes.write(async (stores, touch) => {
    const current = (await stores.users.byId(realm.id, user.id)) ?? user;
    touch(...userTags(user));
    return stores.users.update({ ...current, requiredActions: [...new Set([...current.requiredActions, ...actions])] });
  });
}

async function challenge(login: TabLogin, outcome: StepOutcome & { kind: 'challenge' }): Promise<FastifyReply> {
  emitLoginError(login, { error: outcome.event, userId: outcome.userId, details: tabDetails(login, outcome.username) });
  const next = await nextForm(login, { [AUTH_NOTE.attemptedUsername]: outcome.username });
  return next === undefined
    ? showExpired(login)
    : showPasswordForm(next, { ...outcome, rememberMe: login.browser.form['rememberMe'] !== undefined });
}

/** The form of a required action was sent. */
export async function submitAction(login: TabLogin, user: User): Promise<FastifyReply> {
  const { browser, client, tab, root } = login;
  const { context, realm, form } = browser;
  const action = requiredAction(tab.requiredActions[0] ?? '');
  if (action === undefined) return showExpired(login);
  if (!(await useUpLink(login))) return sendErrorPage(browser, 400, 'expiredLinkMessage');
  const chosen = tab.authNotes[AUTH_NOTE.clientAction] === tab.requiredActions[0];
  const cancelled = chosen && form['cancel-aia'] !== undefined && !user.requiredActions.includes(action.id);
  if (!cancelled) {
    const outcome = await action.process(context, {
      realm,
      user,
      client,
      tab,
      clientId: client.clientId,
      form,
      values: browser.values,
      sessionId: tab.authNotes[AUTH_NOTE.sessionId] ?? root.id,
      ipAddress: browser.http.remoteAddress,
      issuer: browser.issuer,
    });
    if (outcome === 'declined') return declineAction(login, user);
    if (outcome === 'account-gone') return showAccountGone(login);
    if (outcome === 'impossible') return nextStep(login, user, { [AUTH_NOTE.clientActionStatus]: 'error' });
    if (outcome !== undefined && 'goTo' in outcome) return goToProvider(login, outcome.goTo);
    if (outcome !== undefined) {
      const next = await nextForm(login, {});
      return next === undefined ? showExpired(login) : showAction(next, user, outcome);
    }
    if (user.requiredActions.includes(action.id)) await clearAction(login, user, action.id);
  }
  const notes = chosen ? { [AUTH_NOTE.clientActionStatus]: cancelled ? 'cancelled' : 'success' } : {};
  const current = (await context.state.directory.userById(realm, user.id)) ?? user;
  return nextStep(login, current, notes);
}

/** The rest is done at a provider of identities; its answer ends the action. */
async function goToProvider(login: TabLogin, alias: string): Promise<FastifyReply> {
  const next = await nextForm(login, { [AUTH_NOTE.linkingProvider]: alias });
  return next === undefined ? showExpired(login) : sendRedirect(login.browser, providerLoginUrl(next, alias));
}

/** The account of the login was deleted: there is nobody to go back as. */
async function showAccountGone(login: TabLogin): Promise<FastifyReply> {
  const { browser, client } = login;
  await claimTab(login, (root, current) => endTab(login, root, current));
  expireIdentityCookies(browser.cookies);
  expireRestartCookie(browser.cookies);
  const backUrl = /^https?:\/\//.test(client.baseUrl ?? '') ? client.baseUrl : undefined;
  return sendPage(browser, {
    template: 'info',
    heading: 'accountDeletedHeading',
    data: { message: text('accountDeletedMessage'), backUrl },
  });
}

/** The user does not want what must be done: the application is told that the login did not come about. */
async function declineAction(login: TabLogin, user: User): Promise<FastifyReply> {
  const { browser, client, protocol, tab } = login;
  const { realm, issuer } = browser;
  const found = await claimTab(login, (root, current) => endTab(login, root, current));
  if (found === undefined) return showExpired(login);
  emitLoginError(login, { error: 'rejected_by_user', userId: user.id, details: tabDetails(login, user.username) });
  if (tab.authNotes[AUTH_NOTE.endAfterActions] !== undefined) return sendErrorPage(browser, 400, 'termsDeclinedMessage');
  const { redirectUri, clientNotes } = tab;
  return sendAnswer(browser, await protocol.fail({ realm, client, redirectUri, clientNotes, issuer, error: 'access_denied' }));
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
