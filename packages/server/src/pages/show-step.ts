import type { FastifyReply } from 'fastify';
import { AUTH_NOTE, passwordFormExecution } from '../authentication/authentication-tab.ts';
import { rememberedUsername } from '../authentication/identity-cookie.ts';
import { requiredAction } from '../authentication/required-actions/catalogue.ts';
import type { ActionProblem } from '../authentication/required-actions/required-action.ts';
import { type Login, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { type Alert, sendErrorPage, sendPage, text } from './send-page.ts';

/** What the password form says about the last try. */
export interface FormProblem {
  readonly message: string;
  readonly place: 'fields' | 'page';
  readonly username: string;
  /** Whether the box of remember-me was ticked. */
  readonly rememberMe?: boolean | undefined;
}

const CALM_MESSAGES: ReadonlySet<string> = new Set(['reauthenticateMessage']);

/** Pages need the tab, not the root that holds it. */
type PageLogin = Login & Pick<TabLogin, 'tab'>;

function flashOf(tab: TabLogin['tab']): Alert | undefined {
  const message = tab.authNotes[AUTH_NOTE.flash];
  return message === undefined ? undefined : { type: CALM_MESSAGES.has(message) ? 'info' : 'warning', message };
}

/** The form for user name and password. */
export function showPasswordForm(login: PageLogin, problem?: FormProblem): FastifyReply {
  const { browser, tab } = login;
  const { realm } = browser;
  const reauthentication = tab.authNotes[AUTH_NOTE.reauthentication] !== undefined;
  const attempted = tab.authNotes[AUTH_NOTE.attemptedUsername];
  const remembered = rememberedUsername(browser.cookies, realm);
  const alert: Alert | undefined =
    problem?.place === 'page' ? { type: 'error', message: problem.message } : problem ? undefined : flashOf(tab);
  return sendPage(browser, {
    template: 'login',
    heading: 'loginHeading',
    alert,
    data: {
      action: loginActionUrl(login, 'authenticate', tab, {
        sessionCode: tab.authNotes[AUTH_NOTE.sessionCode],
        execution: passwordFormExecution(realm),
      }),
      restartUrl: loginActionUrl(login, 'restart', tab),
      fixedUsername: reauthentication ? attempted : undefined,
      username: problem?.username ?? attempted ?? tab.clientNotes['login_hint'] ?? remembered ?? '',
      usernameLabel: text(realm.registrationEmailAsUsername ? 'email' : realm.loginWithEmailAllowed ? 'usernameOrEmail' : 'username'),
      error: problem?.place === 'fields' ? text(problem.message) : undefined,
      rememberMe: realm.rememberMe && !reauthentication,
      rememberMeChecked: problem?.rememberMe ?? (remembered !== undefined || tab.authNotes[AUTH_NOTE.rememberMe] !== undefined),
    },
  });
}

/** The page of the tab's first open action. */
export function showAction(login: PageLogin, username: string, problem?: ActionProblem): FastifyReply {
  const { browser, tab } = login;
  const action = requiredAction(tab.requiredActions[0] ?? '');
  if (action === undefined) return sendErrorPage(browser, 400, 'actionExpiredMessage');
  const chosen = tab.authNotes[AUTH_NOTE.clientAction] === action.id;
  const problemText = problem === undefined ? undefined : text(problem.message, problem.parameters);
  const alert: Alert | undefined =
    problem !== undefined && problem.field === undefined
      ? { type: 'error', message: problem.message, parameters: problem.parameters }
      : problem === undefined && !chosen
        ? { type: 'warning', message: action.demand }
        : undefined;
  return sendPage(browser, {
    template: action.template,
    heading: 'updatePasswordHeading',
    alert,
    data: {
      action: loginActionUrl(login, 'required-action', tab, {
        sessionCode: tab.authNotes[AUTH_NOTE.sessionCode],
        execution: action.id,
      }),
      username,
      mayCancel: chosen,
      problems: problem?.field === undefined ? {} : { [problem.field]: problemText },
    },
  });
}
