import type { FastifyReply } from 'fastify';
import { AUTH_NOTE, hasSessionCode, withNotes } from '../authentication/authentication-tab.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import { userTags } from '../cache/invalidation-keys.ts';
import { ServerError } from '../http/errors.ts';
import type { User } from '../model/index.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { showExpired } from '../pages/expired-login.ts';
import { findTab, isTimedOut } from '../pages/find-tab.ts';
import { showFlowRefusal } from '../pages/flow-verdict.ts';
import { loginActionUrl, type TabLogin } from '../pages/login-in-progress.ts';
import { nextForm } from '../pages/next-form.ts';
import { sendErrorPage, sendRedirect } from '../pages/send-page.ts';
import { identityProviderOf } from '../realm/identity-provider-representation.ts';
import { showBrokerForm } from './broker-forms.ts';
import { type Brokered, type BrokerFlow, linkOf, progressOf } from './brokered.ts';
import { afterIdentity, finishBrokered } from './finish-brokered.ts';
import { storeNewUser } from './new-user.ts';
import { emitIdentity, report } from './report.ts';
import { type BrokerRun, loadRun, runBrokerFlow } from './run-broker-flow.ts';
import { type StepNotes, submitBrokerForm } from './submit-broker-form.ts';

/** `/login-actions/first-broker-login` and `/post-broker-login`: where the flow of a provider stands in a tab, and what its forms do. */
export async function brokerFlowPage(browser: BrowserRequest, protocol: LoginProtocol, flow: BrokerFlow): Promise<FastifyReply> {
  const found = await findTab(browser, protocol);
  if ('reply' in found) return found.reply;
  const { login } = found;
  const progress = progressOf(login.tab);
  const provider = progress === undefined ? undefined : identityProviderOf(browser.realm, progress.brokered.alias);
  if (isTimedOut(login) || progress?.flow !== flow || provider?.enabled !== true) return showExpired(login);
  const linked = flow === 'first-broker-login' ? await linkedMeanwhile(login, progress.brokered) : undefined;
  if (linked !== undefined) return afterIdentity(login, provider, progress.brokered, linked);
  const run = await loadRun(login, provider, progress);
  if (run === undefined) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  const isSent = browser.request.method === 'POST' && browser.query['session_code'] !== undefined;
  if (!isSent) return goOn(run);
  const isOurs = hasSessionCode(login.tab, browser.query['session_code']) && browser.query['execution'] === progress.step;
  if (!isOurs || progress.step === undefined) return sendRedirect(browser, loginActionUrl(login, flow, login.tab));
  const outcome = await submitBrokerForm(run, progress.step);
  if (outcome.kind === 'page') return outcome.reply;
  return goOn({ ...run, ...outcome.run, done: new Set(outcome.done ?? run.done) }, outcome.notes);
}

/** Runs the flow to its next form or to its end. */
async function goOn(run: BrokerRun, notes: StepNotes = {}): Promise<FastifyReply> {
  const seen: BrokerRun = { ...run, login: { ...run.login, tab: withNotes(run.login.tab, notes) } };
  const verdict = await runBrokerFlow(seen);
  const { login, flow } = seen;
  if (flow === 'first-broker-login' && seen.existing !== undefined && seen.existing.id !== run.existing?.id) {
    // Who is like the identity may be the user that another login made of it while this flow ran.
    const linked = await linkedMeanwhile(login, seen.brokered);
    if (linked !== undefined) return afterIdentity(login, seen.provider, seen.brokered, linked);
  }
  if (verdict.kind === 'denied' || verdict.kind === 'attempted') {
    return showFlowRefusal(login, verdict, { redirect_uri: login.tab.redirectUri, code_id: login.root.id });
  }
  if (verdict.kind === 'success') return flow === 'first-broker-login' ? endFirstLogin(seen) : endPostLogin(seen);
  if (seen.isPlanned && seen.user !== undefined && !(await store(seen, seen.user, false))) return tryAgain(seen);
  const isOfUser = seen.isPlanned || flow === 'post-broker-login';
  const next = await nextForm(login, {
    ...notes,
    [AUTH_NOTE.brokered]: JSON.stringify(seen.brokered),
    [AUTH_NOTE.brokerDone]: [...seen.done].join(' '),
    [AUTH_NOTE.brokerStep]: verdict.execution.id,
    [AUTH_NOTE.brokerExisting]: seen.existing?.id,
    [AUTH_NOTE.brokerUser]: isOfUser ? seen.user?.id : login.tab.authNotes[AUTH_NOTE.brokerUser],
    ...(seen.isPlanned ? { [AUTH_NOTE.brokerCreated]: 'true' } : {}),
  });
  if (next === undefined) return showExpired(login);
  return showBrokerForm({ ...seen, login: next }, verdict.execution);
}

/** Stores the user whom the flow made. False where somebody took the name, or the identity, meanwhile. */
async function store({ login, provider, brokered }: BrokerRun, user: User, isLinked: boolean): Promise<boolean> {
  const { context, realm } = login.browser;
  try {
    return await storeNewUser(context, realm, provider, user, brokered.identity, isLinked ? linkOf(brokered) : undefined);
  } catch (error) {
    if (error instanceof ServerError && error.code === 'KG_STORE_DUPLICATE') return false;
    throw error;
  }
}

/** The user of the identity, where another login that went on at the same time made or linked him. */
async function linkedMeanwhile({ browser }: TabLogin, { alias, identity }: Brokered): Promise<User | undefined> {
  const { context, realm } = browser;
  const owner = await context.storage.stores.federatedIdentities.userOf(realm.id, alias, identity.id);
  return owner === undefined ? undefined : context.state.directory.userById(realm, owner);
}

/** The flow from its start: what it found has changed. */
async function tryAgain({ login, flow, provider, brokered }: BrokerRun): Promise<FastifyReply> {
  const { browser, tab } = login;
  const linked = await linkedMeanwhile(login, brokered);
  if (linked !== undefined) return afterIdentity(login, provider, brokered, linked);
  const next = await nextForm(login, { [AUTH_NOTE.brokerDone]: undefined, [AUTH_NOTE.brokerExisting]: undefined });
  return next === undefined ? showExpired(login) : sendRedirect(browser, loginActionUrl(login, flow, tab));
}

async function endFirstLogin(run: BrokerRun): Promise<FastifyReply> {
  const { login, provider, brokered, user, setUp } = run;
  const { context, realm } = login.browser;
  if (user === undefined) return showExpired(login);
  // A flow may link without a proof; the account of a client is nobody's.
  if (user.serviceAccountClientLink !== undefined) return sendErrorPage(login.browser, 403, 'accessDeniedMessage');
  const identity = { alias: brokered.alias, name: brokered.identity.name };
  const withActions: User = { ...user, requiredActions: [...new Set([...user.requiredActions, ...setUp])] };
  if (run.isPlanned) {
    if (!(await store(run, withActions, true))) return tryAgain(run);
    emitIdentity(login, 'REGISTER', withActions, identity);
    return afterIdentity(login, provider, brokered, withActions);
  }
  const isLinked = await context.state.changes.write(async (stores, touch) => {
    const isAdded = await stores.federatedIdentities.add(realm.id, user.id, linkOf(brokered));
    if (isAdded && setUp.size > 0) {
      const current = (await stores.users.byId(realm.id, user.id)) ?? user;
      await stores.users.update({ ...current, requiredActions: [...new Set([...current.requiredActions, ...setUp])] });
    }
    touch(...userTags(user));
    return isAdded;
  });
  if (!isLinked) {
    report(login, provider.alias, 'federated_identity_account_exists');
    return sendErrorPage(login.browser, 409, 'identityAlreadyLinkedMessage', [provider.displayName || provider.alias]);
  }
  const isNew = login.tab.authNotes[AUTH_NOTE.brokerCreated] !== undefined;
  emitIdentity(login, isNew ? 'REGISTER' : 'FEDERATED_IDENTITY_LINK', user, identity);
  return afterIdentity(login, provider, brokered, setUp.size > 0 ? withActions : user);
}

async function endPostLogin({ login, provider, brokered, user, setUp }: BrokerRun): Promise<FastifyReply> {
  if (user === undefined) return showExpired(login);
  if (setUp.size === 0) return finishBrokered(login, provider, brokered, user);
  const { context, realm } = login.browser;
  const changed = await context.state.changes.write(async (stores, touch) => {
    const current = (await stores.users.byId(realm.id, user.id)) ?? user;
    touch(...userTags(user));
    return stores.users.update({ ...current, requiredActions: [...new Set([...current.requiredActions, ...setUp])] });
  });
  return finishBrokered(login, provider, brokered, changed);
}
