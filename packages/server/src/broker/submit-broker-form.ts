import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { secondFactorChoicesIn } from '../authentication/flow/second-factor-steps.ts';
import { typedValues } from '../authentication/profile/written-profile.ts';
import type { ActionProblem } from '../authentication/required-actions/required-action.ts';
import type { AuthenticationExecution, User } from '../model/index.ts';
import { showExpired } from '../pages/expired-login.ts';
import { emitLoginError, tabDetails } from '../pages/login-error.ts';
import { nextForm } from '../pages/next-form.ts';
import { isCodeRight } from '../pages/second-factor.ts';
import { sendErrorPage } from '../pages/send-page.ts';
import { authenticationOf } from '../realm/realm-authentication.ts';
import { violationsOf } from '../realm/user-profile/check-profile.ts';
import { type FormProblems, showBrokerForm } from './broker-forms.ts';
import type { OutsideIdentity } from './outside-identity.ts';
import { type BrokerRun, brokerFlowOf, reviewedProfile, skipped } from './run-broker-flow.ts';

export type StepNotes = Readonly<Record<string, string | undefined>>;

/** What became of a form: the flow goes on, or a page is shown. */
export type FormOutcome =
  | {
      readonly kind: 'on';
      readonly run?: Partial<Pick<BrokerRun, 'brokered' | 'existing'>>;
      /** Steps that are done now; absent where this one was added to those of the run. */
      readonly done?: Iterable<string>;
      readonly notes?: StepNotes;
    }
  | { readonly kind: 'page'; readonly reply: FastifyReply };

/** The form of a step was sent. */
export async function submitBrokerForm(run: BrokerRun, stepId: string): Promise<FormOutcome> {
  const { realm } = run.login.browser;
  const execution = authenticationOf(realm)
    .flows.flatMap(({ executions }) => executions)
    .find(({ id }) => id === stepId);
  const known = run.existing ?? run.user;
  switch (execution?.authenticator) {
    case 'idp-review-profile':
      return submitReview(run, execution);
    case 'idp-confirm-link':
      return submitConfirm(run, execution);
    case 'idp-email-verification':
      return { kind: 'on', done: [...run.done, skipped(execution.id)] };
    case 'idp-username-password-form':
    case 'auth-username-password-form':
      if (known !== undefined) return submitPassword(run, known, execution);
      break;
    case 'auth-otp-form':
    case 'auth-recovery-authn-code-form':
      if (known !== undefined) return submitCode(run, known, execution);
      break;
  }
  return { kind: 'page', reply: sendErrorPage(run.login.browser, 400, 'expiredCodeMessage') };
}

async function again(run: BrokerRun, execution: AuthenticationExecution, problems: FormProblems): Promise<FormOutcome> {
  const next = await nextForm(run.login, {});
  const reply = next === undefined ? await showExpired(run.login) : await showBrokerForm({ ...run, login: next }, execution, problems);
  return { kind: 'page', reply };
}

/** The profile was looked at. An address that was changed is no longer the one that the provider vouches for. */
async function submitReview(run: BrokerRun, execution: AuthenticationExecution): Promise<FormOutcome> {
  const { identity } = run.brokered;
  const asked = reviewedProfile(run.login);
  const typed = typedValues(asked, run.login.browser.values);
  const fields: ActionProblem[] = violationsOf(asked.profile, typed, 'user', true).map(({ field, errorMessage, params }) => ({
    field,
    message: errorMessage,
    parameters: params.map((parameter) => (parameter === null ? '' : String(parameter))),
  }));
  if (typed['username'] !== undefined && typed['username'].length === 0)
    fields.push({ field: 'username', message: 'missingUsernameMessage', parameters: [] });
  if (fields.length > 0) return again(run, execution, { fields });
  const { username = [identity.username], email = [identity.email], firstName, lastName, ...attributes } = typed;
  const reviewed: OutsideIdentity = {
    ...identity,
    username: username[0] ?? identity.username,
    email: email[0],
    emailVerified: identity.emailVerified && email[0] === identity.email,
    firstName: firstName === undefined ? identity.firstName : firstName[0],
    lastName: lastName === undefined ? identity.lastName : lastName[0],
    attributes: { ...identity.attributes, ...attributes },
  };
  return {
    kind: 'on',
    run: { brokered: { ...run.brokered, identity: reviewed }, existing: undefined },
    done: [execution.id],
    notes: { [AUTH_NOTE.brokerReview]: undefined },
  };
}

/** Link the account, or go back and choose another name or address. */
async function submitConfirm(run: BrokerRun, execution: AuthenticationExecution): Promise<FormOutcome> {
  const { form } = run.login.browser;
  if (form['submitAction'] === 'linkAccount') return { kind: 'on', done: [...run.done, execution.id] };
  return { kind: 'on', run: { existing: undefined }, done: [], notes: { [AUTH_NOTE.brokerReview]: 'true' } };
}

async function submitPassword(run: BrokerRun, user: User, execution: AuthenticationExecution): Promise<FormOutcome> {
  const { browser } = run.login;
  const { context, realm, form, http } = browser;
  const verdict = await context.passwordLogin.check(realm, user.username, form['password'] ?? '', http.remoteAddress);
  // A user name can be the address of somebody else: whose password it was is what counts.
  if ((verdict.kind === 'ok' || verdict.kind === 'action-required') && verdict.user.id === user.id) {
    return { kind: 'on', done: [...run.done, execution.id] };
  }
  const error = verdict.kind === 'invalid' ? verdict.event : verdict.kind === 'disabled' ? 'user_disabled' : 'invalid_user_credentials';
  emitLoginError(run.login, { error, userId: user.id, details: tabDetails(run.login, user.username) });
  return again(run, execution, { message: verdict.kind === 'disabled' ? 'accountDisabledMessage' : 'invalidPasswordMessage' });
}

async function submitCode(run: BrokerRun, user: User, execution: AuthenticationExecution): Promise<FormOutcome> {
  const { browser } = run.login;
  const flow = brokerFlowOf(browser.realm, run.provider, run.flow);
  const choices = secondFactorChoicesIn(browser.realm, flow, await browser.context.secondFactors.configured(user));
  const other = choices.find(({ id }) => id === browser.form['authenticationExecution']);
  if (other !== undefined) {
    const next = await nextForm(run.login, { [AUTH_NOTE.brokerStep]: other.id });
    return {
      kind: 'page',
      reply: next === undefined ? await showExpired(run.login) : await showBrokerForm({ ...run, login: next }, other),
    };
  }
  const outcome = await isCodeRight(run.login, user, execution);
  if (outcome === 'right') return { kind: 'on', done: [...run.done, execution.id] };
  const error = outcome === 'locked' ? 'user_temporarily_disabled' : 'invalid_user_credentials';
  emitLoginError(run.login, { error, userId: user.id, details: tabDetails(run.login, user.username) });
  const isRecovery = execution.authenticator === 'auth-recovery-authn-code-form';
  return again(run, execution, { message: isRecovery ? 'invalidRecoveryCodeMessage' : 'invalidTotpMessage' });
}
