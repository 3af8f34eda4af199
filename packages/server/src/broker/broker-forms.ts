import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { ACTION } from '../authentication/action-token/action-token.ts';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { secondFactorChoicesIn } from '../authentication/flow/second-factor-steps.ts';
import { profileFields } from '../authentication/profile/asked-profile.ts';
import type { ActionProblem } from '../authentication/required-actions/required-action.ts';
import { linkMail } from '../mail/compose.ts';
import type { AuthenticationExecution, User } from '../model/index.ts';
import { showExpired } from '../pages/expired-login.ts';
import { loginActionUrl, type TabLogin } from '../pages/login-in-progress.ts';
import { mailedLink } from '../pages/mailed-link.ts';
import { nextForm } from '../pages/next-form.ts';
import { showCodeForm } from '../pages/second-factor.ts';
import { type Alert, sendErrorPage, sendPage, text } from '../pages/send-page.ts';
import { problemTexts, withLabels } from '../pages/show-step.ts';
import { emitIdentity } from './report.ts';
import { type BrokerRun, brokerFlowOf, reviewedProfile, valuesOfIdentity } from './run-broker-flow.ts';

/** What is wrong with the form that was sent. */
export interface FormProblems {
  /** Message above or within the form. */
  readonly message?: string | undefined;
  readonly fields?: readonly ActionProblem[] | undefined;
}

/** The form of a step. */
export async function showBrokerForm(
  run: BrokerRun,
  execution: AuthenticationExecution,
  problems: FormProblems = {},
): Promise<FastifyReply> {
  const { login, existing, user } = run;
  const known = existing ?? user;
  switch (execution.authenticator) {
    case 'idp-review-profile':
      return showReview(run, execution, problems.fields);
    case 'auth-otp-form':
    case 'auth-recovery-authn-code-form':
      return known === undefined ? expired(login) : showCode(run, known, execution, problems.message);
    case 'idp-confirm-link':
      return existing === undefined ? expired(login) : showConfirm(run, execution, existing);
    case 'idp-email-verification':
      return existing === undefined ? expired(login) : showMailSent(run, execution, existing);
    default:
      return known === undefined ? expired(login) : showPassword(run, known, execution, problems.message);
  }
}

function expired({ browser }: TabLogin): FastifyReply {
  return sendErrorPage(browser, 400, 'expiredCodeMessage');
}

function urls({ login, flow }: BrokerRun, execution: AuthenticationExecution) {
  const { tab } = login;
  return {
    again: loginActionUrl(login, flow, tab),
    action: loginActionUrl(login, flow, tab, { sessionCode: tab.authNotes[AUTH_NOTE.sessionCode], execution: execution.id }),
  };
}

const nameOf = ({ provider }: BrokerRun): string => provider.displayName || provider.alias;

function showReview(run: BrokerRun, execution: AuthenticationExecution, problems: readonly ActionProblem[] | undefined): FastifyReply {
  const { browser } = run.login;
  const { again, action } = urls(run, execution);
  const fields = profileFields(
    reviewedProfile(run.login),
    problems === undefined ? valuesOfIdentity(run.brokered.identity) : browser.values,
  );
  const problem = problems?.find(({ field }) => field === undefined);
  return sendPage(browser, {
    template: 'idp-review-user-profile',
    heading: 'reviewProfileHeading',
    alert: problem === undefined ? undefined : { type: 'error', ...problem },
    again,
    data: { action, problems: problemTexts(problems), mayCancel: false, ...withLabels({ fields }) },
  });
}

function showConfirm(run: BrokerRun, execution: AuthenticationExecution, existing: User): FastifyReply {
  const { again, action } = urls(run, execution);
  const isByEmail = existing.email !== undefined && existing.email === run.brokered.identity.email;
  return sendPage(run.login.browser, {
    template: 'login-idp-link-confirm',
    heading: 'confirmLinkIdpHeading',
    again,
    data: {
      action,
      instruction: text(isByEmail ? 'accountOfEmailMessage' : 'accountOfNameMessage', [
        (isByEmail ? existing.email : existing.username) ?? '',
      ]),
      providerName: nameOf(run),
    },
  });
}

function showPassword(run: BrokerRun, user: User, execution: AuthenticationExecution, problem: string | undefined): FastifyReply {
  const { login } = run;
  const { again, action } = urls(run, execution);
  return sendPage(login.browser, {
    template: 'login',
    heading: 'loginHeading',
    alert: problem === undefined ? { type: 'info', message: 'linkAccountMessage', parameters: [nameOf(run)] } : undefined,
    again,
    data: {
      action,
      restartUrl: loginActionUrl(login, 'restart', login.tab),
      resetUrl: undefined,
      registerUrl: undefined,
      fixedUsername: user.username,
      error: problem === undefined ? undefined : text(problem),
      providers: [],
      rememberMe: false,
    },
  });
}

async function showCode(run: BrokerRun, user: User, step: AuthenticationExecution, problem: string | undefined): Promise<FastifyReply> {
  const { browser } = run.login;
  const flow = brokerFlowOf(browser.realm, run.provider, run.flow);
  const choices = secondFactorChoicesIn(browser.realm, flow, await browser.context.secondFactors.configured(user));
  return showCodeForm(run.login, user, { path: run.flow, choices, step, problem });
}

/** The page that waits for the link of the mail. The first visit sends it; it says which identity is to be linked. */
async function showMailSent(run: BrokerRun, execution: AuthenticationExecution, existing: User): Promise<FastifyReply> {
  const { login } = run;
  const isSent = login.tab.authNotes[AUTH_NOTE.verifyEmailSent] !== undefined;
  const nonce = randomUUID();
  const next = isSent ? login : await nextForm(login, { [AUTH_NOTE.verifyEmailSent]: nonce });
  if (next === undefined) return showExpired(login);
  const alert = isSent ? undefined : await sendLink(run, existing, nonce);
  const { again, action } = urls({ ...run, login: next }, execution);
  return sendPage(login.browser, {
    template: 'login-idp-link-email',
    heading: 'linkByMailHeading',
    alert,
    again,
    data: { action, continueUrl: again, instruction: text('linkByMailMessage', [nameOf(run), existing.username]) },
  });
}

async function sendLink(run: BrokerRun, existing: User, nonce: string): Promise<Alert | undefined> {
  const { login, brokered } = run;
  const { browser } = login;
  const { context, realm } = browser;
  const identity = { alias: brokered.alias, name: brokered.identity.name };
  const mail = linkMail(context.themes, {
    kind: 'identityProviderLink',
    realm,
    user: existing,
    pageLocale: browser.locale,
    ...(await mailedLink(login, existing, ACTION.link, nonce)),
    identity: [nameOf(run), brokered.identity.name],
  });
  try {
    await context.mailer.send(realm, mail);
  } catch (error) {
    context.logger
      .of('org.keycloak.broker')
      .error(`The mail that links user ${existing.id} of realm ${realm.realm} was not sent`, { error });
    emitIdentity(login, 'SEND_IDENTITY_PROVIDER_LINK_ERROR', existing, identity, 'email_send_failed');
    return { type: 'error', message: 'mailNotSentMessage' };
  }
  emitIdentity(login, 'SEND_IDENTITY_PROVIDER_LINK', existing, identity);
  return undefined;
}
