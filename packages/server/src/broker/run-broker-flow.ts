import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { isConditionMet, type LoginProgress, runLoginStep } from '../authentication/flow/login-flow.ts';
import { runFlow, type StepVerdict } from '../authentication/flow/run-flow.ts';
import { askedProfile } from '../authentication/profile/asked-profile.ts';
import { requestedScopes } from '../authentication/requested-scopes.ts';
import type { AuthenticationExecution, AuthenticationFlow, IdentityProvider, Realm, User } from '../model/index.ts';
import type { TabLogin } from '../pages/login-in-progress.ts';
import { authenticationOf, configById, flowByAlias, flowFields } from '../realm/realm-authentication.ts';
import { violationsOf } from '../realm/user-profile/check-profile.ts';
import type { Brokered, BrokerFlow, BrokerProgress } from './brokered.ts';
import { newUserOf, whoIsLike } from './new-user.ts';
import type { OutsideIdentity } from './outside-identity.ts';

/** One run of a flow of a provider. What the steps find is written here. */
export interface BrokerRun {
  readonly login: TabLogin;
  readonly provider: IdentityProvider;
  readonly brokered: Brokered;
  readonly flow: BrokerFlow;
  readonly done: Set<string>;
  /** Who is like the identity. Once found he stays: what is proven is proven of him. */
  existing: User | undefined;
  /** Whose login it is. */
  user: User | undefined;
  /** The user is not stored yet. */
  isPlanned: boolean;
  /** Required actions by which the user sets up what the flow asks for. */
  readonly setUp: Set<string>;
}

const SUCCESS: StepVerdict = { kind: 'success' };
const ATTEMPTED: StepVerdict = { kind: 'attempted' };
const BROKEN: StepVerdict = { kind: 'denied', message: 'invalidFlowMessage', error: 'generic_authentication_error' };
const NOBODY: StepVerdict = { kind: 'denied', message: 'noAccountToLinkMessage', error: 'user_not_found' };
const PASSWORD_ACTION = 'UPDATE_PASSWORD';

/** What marks a step of `done` that the user does not want to take. */
export const skipped = (executionId: string): string => `skip:${executionId}`;

/** The flow that a provider is set to; undefined where it names one that is not there. */
export function brokerFlowOf(realm: Realm, provider: IdentityProvider, flow: BrokerFlow): AuthenticationFlow | undefined {
  const usual = (realm.other[flowFields.first_broker_login] as string | undefined) ?? 'first broker login';
  const alias = flow === 'first-broker-login' ? provider.firstBrokerLoginFlowAlias || usual : provider.postBrokerLoginFlowAlias;
  return alias ? flowByAlias(authenticationOf(realm), alias) : undefined;
}

/** Runs the flow as far as it comes. A flow that comes to no end denies. */
export async function runBrokerFlow(run: BrokerRun): Promise<StepVerdict> {
  const { realm } = run.login.browser;
  const flow = brokerFlowOf(realm, run.provider, run.flow);
  if (flow === undefined) return BROKEN;
  const verdict = await runFlow(authenticationOf(realm), flow, {
    run: (execution) => (run.flow === 'first-broker-login' ? firstLoginStep(run, execution) : usualStep(run, execution)),
    isMet: (condition) => isConditionMet(run.login.browser.context, progress(run), condition),
  });
  if (verdict.kind === 'attempted' || (verdict.kind === 'success' && run.user === undefined)) return BROKEN;
  return verdict;
}

function progress({ login, user, done, setUp }: BrokerRun): LoginProgress {
  const { browser, client, tab } = login;
  const { realm, issuer } = browser;
  return { realm, client, user, issuer, bySession: false, done, setUp, currentSessionId: tab.authNotes[AUTH_NOTE.sessionId] };
}

function usualStep(run: BrokerRun, execution: AuthenticationExecution): Promise<StepVerdict> {
  return runLoginStep(run.login.browser.context, progress(run), execution);
}

async function firstLoginStep(run: BrokerRun, execution: AuthenticationExecution): Promise<StepVerdict> {
  const { login, done, existing } = run;
  const { context, realm } = login.browser;
  const config = configById(authenticationOf(realm), execution.configId)?.config ?? {};
  const isDone = done.has(execution.id);
  const ask: StepVerdict = { kind: 'challenge', execution };
  const proven = (): StepVerdict => {
    run.user = existing;
    return SUCCESS;
  };
  switch (execution.authenticator) {
    case 'idp-review-profile':
      return isDone || !wantsReview(run, config['update.profile.on.first.login']) ? SUCCESS : ask;
    case 'idp-create-user-if-unique': {
      if (isDone) return SUCCESS;
      run.existing ??= await whoIsLike(context, realm, run.brokered.identity);
      if (run.existing !== undefined) return ATTEMPTED;
      run.user = newUserOf(context, realm, run.brokered.identity);
      run.isPlanned = true;
      if (config['require.password.update.after.registration'] === 'true') run.setUp.add(PASSWORD_ACTION);
      done.add(execution.id);
      return SUCCESS;
    }
    case 'idp-detect-existing-broker-user':
      run.existing ??= await whoIsLike(context, realm, run.brokered.identity);
      return run.existing === undefined ? NOBODY : SUCCESS;
    case 'idp-auto-link':
      return existing === undefined ? BROKEN : proven();
    case 'idp-confirm-link':
      if (existing === undefined) return BROKEN;
      return isDone ? SUCCESS : ask;
    case 'idp-email-verification':
      if (existing === undefined) return BROKEN;
      if (login.tab.authNotes[AUTH_NOTE.brokerMailConfirmed] === existing.id) return proven();
      return !realm.smtpServer['host'] || existing.email === undefined || done.has(skipped(execution.id)) ? ATTEMPTED : ask;
    case 'idp-username-password-form':
      if (existing === undefined) return BROKEN;
      return isDone ? proven() : ask;
    default:
      return usualStep(run, execution);
  }
}

/** The values of an identity by attribute of the profile. */
export function valuesOfIdentity({
  username,
  email,
  firstName,
  lastName,
  attributes,
}: OutsideIdentity): (name: string) => readonly string[] {
  const fixed: Readonly<Record<string, string | undefined>> = { username, email, firstName, lastName };
  return (name) => (Object.hasOwn(fixed, name) ? (fixed[name] === undefined ? [] : [fixed[name]]) : (attributes[name] ?? []));
}

/** The profile as a first login asks for it. */
export function reviewedProfile({ browser, client, tab }: TabLogin) {
  return askedProfile(browser.realm, 'register', requestedScopes(client, tab.clientNotes['scope']));
}

/** Whether the profile is looked at: `on` always, `off` never, `missing` where something is missing or wrong. */
function wantsReview({ login, brokered }: BrokerRun, setting: string | undefined): boolean {
  if (login.tab.authNotes[AUTH_NOTE.brokerReview] !== undefined || setting === 'on') return true;
  if (setting === 'off') return false;
  const { profile } = reviewedProfile(login);
  const valuesOf = valuesOfIdentity(brokered.identity);
  const values = Object.fromEntries(profile.attributes.map(({ name }) => [name, valuesOf(name)]));
  return violationsOf(profile, values, 'user', true).length > 0;
}

/** The run of a tab's flow as it stands. */
export async function loadRun(login: TabLogin, provider: IdentityProvider, progress: BrokerProgress): Promise<BrokerRun | undefined> {
  const { context, realm } = login.browser;
  const byId = (id: string | undefined) => (id === undefined ? undefined : context.state.directory.userById(realm, id));
  const [existing, user] = await Promise.all([byId(progress.existingId), byId(progress.userId)]);
  const isGone = (progress.existingId !== undefined && existing === undefined) || (progress.userId !== undefined && user === undefined);
  if (isGone) return undefined;
  const { brokered, flow, done } = progress;
  return { login, provider, brokered, flow, done: new Set(done), existing, user, isPlanned: false, setUp: new Set() };
}
