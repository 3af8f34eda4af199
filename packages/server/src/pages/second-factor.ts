import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { secondFactorChoices } from '../authentication/flow/second-factor-steps.ts';
import type { AuthenticationExecution, User } from '../model/index.ts';
import { showExpired } from './expired-login.ts';
import { doneSteps, showFlowRefusal, verdictOnForms } from './flow-verdict.ts';
import { emitLoginError, tabDetails } from './login-error.ts';
import { loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { nextForm } from './next-form.ts';
import { clientActionNotes, proceed } from './proceed.ts';
import { sendErrorPage, sendPage, text } from './send-page.ts';

const RECOVERY_STEP = 'auth-recovery-authn-code-form';
const OVER = { [AUTH_NOTE.secondFactorStep]: undefined, [AUTH_NOTE.secondFactorUser]: undefined };

/** The password was right, and the flow wants something else besides: notes and the form. */
export async function askSecondFactor(
  login: TabLogin,
  user: User,
  execution: AuthenticationExecution,
  notes: Readonly<Record<string, string | undefined>>,
): Promise<FastifyReply> {
  const next = await nextForm(login, {
    ...notes,
    [AUTH_NOTE.secondFactorStep]: execution.id,
    [AUTH_NOTE.secondFactorUser]: user.id,
  });
  return next === undefined ? showExpired(login) : showForm(next, user);
}

/** The form of the tab's second factor again. */
export async function showSecondFactor(login: TabLogin): Promise<FastifyReply> {
  const user = await userOf(login);
  return user === undefined ? sendErrorPage(login.browser, 400, 'expiredCodeMessage') : showForm(login, user);
}

async function userOf({ browser, tab }: TabLogin): Promise<User | undefined> {
  const id = tab.authNotes[AUTH_NOTE.secondFactorUser];
  const user = id === undefined ? undefined : await browser.context.state.directory.userById(browser.realm, id);
  return user?.enabled === true ? user : undefined;
}

async function choicesOf({ browser, client }: TabLogin, user: User): Promise<readonly AuthenticationExecution[]> {
  return secondFactorChoices(browser.realm, client, await browser.context.secondFactors.configured(user));
}

async function showForm(login: TabLogin, user: User, problem?: string): Promise<FastifyReply> {
  const choices = await choicesOf(login, user);
  const step = choices.find(({ id }) => id === login.tab.authNotes[AUTH_NOTE.secondFactorStep]);
  return showCodeForm(login, user, { path: 'authenticate', choices, step, problem });
}

/** A form for a code, as a step of some flow asks for it. */
export interface CodeForm {
  /** Below `/login-actions`. */
  readonly path: string;
  /** Steps that can stand in for each other; the user may choose. */
  readonly choices: readonly AuthenticationExecution[];
  readonly step: AuthenticationExecution | undefined;
  readonly problem?: string | undefined;
}

/** Shows a form for a code. */
export async function showCodeForm(login: TabLogin, user: User, { path, choices, step, problem }: CodeForm): Promise<FastifyReply> {
  const { browser, tab } = login;
  const { secondFactors } = browser.context;
  const recovery = step?.authenticator === RECOVERY_STEP;
  return sendPage(browser, {
    template: recovery ? 'login-recovery-authn-code-input' : 'login-otp',
    heading: recovery ? 'loginRecoveryHeading' : 'loginOtpHeading',
    again: loginActionUrl(login, path, tab, { execution: step?.id }),
    data: {
      action: loginActionUrl(login, path, tab, { sessionCode: tab.authNotes[AUTH_NOTE.sessionCode], execution: step?.id }),
      restartUrl: loginActionUrl(login, 'restart', tab),
      username: tab.authNotes[AUTH_NOTE.attemptedUsername] ?? user.username,
      devices: recovery ? [] : await secondFactors.devices(user),
      chosen: browser.form['selectedCredentialId'],
      prompt: recovery ? text('recoveryCodePrompt', [String((await secondFactors.nextRecovery(user)) ?? '')]) : undefined,
      others: choices
        .filter(({ id }) => id !== step?.id)
        .map(({ id, authenticator }) => ({ id, name: text(authenticator === RECOVERY_STEP ? 'wayRecovery' : 'wayOtp') })),
      error: problem === undefined ? undefined : text(problem),
    },
  });
}

/** The form of the second factor was sent. */
export async function submitSecondFactor(login: TabLogin): Promise<FastifyReply> {
  const { browser, tab } = login;
  const { form } = browser;
  const user = await userOf(login);
  if (user === undefined) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  const choices = await choicesOf(login, user);
  const other = choices.find(({ id }) => id === form['authenticationExecution']);
  if (other !== undefined) return askSecondFactor(login, user, other, {});
  const step = choices.find(({ id }) => id === tab.authNotes[AUTH_NOTE.secondFactorStep]);
  if (step === undefined) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  const right = await isCodeRight(login, user, step);
  if (right !== 'right') return refuse(login, user, step, right);
  const done = [...doneSteps(login, tab), step.id];
  const verdict = await verdictOnForms(login, user, new Set(done), tab.authNotes[AUTH_NOTE.sessionId]);
  const notes = { ...OVER, [AUTH_NOTE.doneSteps]: done.join(' ') };
  if (verdict.kind === 'challenge') return askSecondFactor(login, user, verdict.execution, notes);
  if (verdict.kind !== 'success') {
    return showFlowRefusal(login, verdict, { redirect_uri: tab.redirectUri, code_id: login.root.id, username: user.username });
  }
  return proceed(login, user, {
    ...clientActionNotes(browser.context, browser.realm, tab),
    ...notes,
    [AUTH_NOTE.authenticatedAt]: String(browser.context.clock.nowSeconds()),
  });
}

/** Looks at the code of a form; wrong ones count. */
export function isCodeRight({ browser }: TabLogin, user: User, step: AuthenticationExecution): Promise<'right' | 'wrong' | 'locked'> {
  const { context, realm, form, http } = browser;
  const { secondFactors } = context;
  const verify = (): Promise<boolean> =>
    step.authenticator === RECOVERY_STEP
      ? secondFactors.checkRecovery(user, (form['recoveryCodeInput'] ?? '').slice(0, 100))
      : secondFactors.checkOtp(
          realm,
          user,
          (form['otp'] ?? form['totp'] ?? '').replace(/\s/g, ''),
          form['selectedCredentialId'] || undefined,
        );
  return context.passwordLogin.checkCode(realm, user, http.remoteAddress, verify);
}

async function refuse(login: TabLogin, user: User, step: AuthenticationExecution, outcome: 'wrong' | 'locked'): Promise<FastifyReply> {
  const error = outcome === 'locked' ? 'user_temporarily_disabled' : 'invalid_user_credentials';
  emitLoginError(login, { error, userId: user.id, details: tabDetails(login, user.username) });
  const next = await nextForm(login, {});
  if (next === undefined) return showExpired(login);
  return showForm(next, user, step.authenticator === RECOVERY_STEP ? 'invalidRecoveryCodeMessage' : 'invalidTotpMessage');
}
