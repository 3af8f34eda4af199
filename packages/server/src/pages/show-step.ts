import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { passwordExecution } from '../authentication/flow/login-flow.ts';
import { rememberedUsername } from '../authentication/identity-cookie.ts';
import type { ProfileField } from '../authentication/profile/asked-profile.ts';
import { requiredAction } from '../authentication/required-actions/catalogue.ts';
import type { ActionProblem } from '../authentication/required-actions/required-action.ts';
import type { User } from '../model/index.ts';
import type { Message } from '../theme/message.ts';
import { localized } from './localized.ts';
import { type Login, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { providerButtons } from './provider-buttons.ts';
import type { PagePolicy } from './security-headers.ts';
import { type Alert, sendErrorPage, sendPage, text } from './send-page.ts';

/** Pictures that stand in the text of the page itself. */
const PICTURES: PagePolicy = { pictures: true };

/** What the password form says about the last try. */
export interface FormProblem {
  readonly message: string;
  readonly place: 'fields' | 'page';
  readonly username: string;
  /** It is good news. */
  readonly calm?: boolean | undefined;
  /** Whether the box of remember-me was ticked. */
  readonly rememberMe?: boolean | undefined;
}

const CALM_MESSAGES: ReadonlySet<string> = new Set(['linkAccountMessage', 'reauthenticateMessage']);

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
    problem?.place === 'page' ? { type: problem.calm ? 'info' : 'error', message: problem.message } : problem ? undefined : flashOf(tab);
  return sendPage(browser, {
    template: 'login',
    heading: 'loginHeading',
    alert,
    again: loginActionUrl(login, 'authenticate', tab, { execution: passwordExecution(realm, login.client)?.id }),
    data: {
      action: loginActionUrl(login, 'authenticate', tab, {
        sessionCode: tab.authNotes[AUTH_NOTE.sessionCode],
        execution: passwordExecution(realm, login.client)?.id,
      }),
      restartUrl: loginActionUrl(login, 'restart', tab),
      resetUrl: realm.resetPasswordAllowed && !reauthentication ? loginActionUrl(login, 'reset-credentials', tab) : undefined,
      registerUrl: realm.registrationAllowed && !reauthentication ? loginActionUrl(login, 'registration', tab) : undefined,
      fixedUsername: reauthentication || tab.authNotes[AUTH_NOTE.certificateUser] !== undefined ? attempted : undefined,
      username: problem?.username ?? attempted ?? tab.clientNotes['login_hint'] ?? remembered ?? '',
      usernameLabel: text(realm.registrationEmailAsUsername ? 'email' : realm.loginWithEmailAllowed ? 'usernameOrEmail' : 'username'),
      error: problem?.place === 'fields' ? text(problem.message) : undefined,
      providers: reauthentication || tab.authNotes[AUTH_NOTE.certificateUser] !== undefined ? [] : providerButtons(login),
      rememberMe: realm.rememberMe && !reauthentication,
      rememberMeChecked: problem?.rememberMe ?? (remembered !== undefined || tab.authNotes[AUTH_NOTE.rememberMe] !== undefined),
    },
  });
}

/** The page of the tab's first open action. @param problems what is wrong with the form that was sent, if one was */
export async function showAction(login: PageLogin, user: User, problems?: readonly ActionProblem[]): Promise<FastifyReply> {
  const { browser, client, tab } = login;
  const action = requiredAction(tab.requiredActions[0] ?? '');
  if (action === undefined) return sendErrorPage(browser, 400, 'actionExpiredMessage');
  const execution = tab.requiredActions[0];
  const chosen = tab.authNotes[AUTH_NOTE.clientAction] === execution;
  const above = problems?.find(({ field }) => field === undefined);
  const demand = problems === undefined && !chosen ? action.demand : undefined;
  const form = problems === undefined ? {} : browser.form;
  const values = problems === undefined ? () => [] : browser.values;
  const view = await action.view?.(browser.context, { realm: browser.realm, user, client, tab, form, values });
  return sendPage(browser, {
    template: action.template,
    heading: action.heading,
    alert: above === undefined ? (demand === undefined ? undefined : { type: 'warning', message: demand }) : { type: 'error', ...above },
    again: loginActionUrl(login, 'required-action', tab, { execution }),
    policy: action.pictures ? PICTURES : undefined,
    data: {
      action: loginActionUrl(login, 'required-action', tab, {
        sessionCode: tab.authNotes[AUTH_NOTE.sessionCode],
        execution,
      }),
      username: user.username,
      mayCancel: chosen,
      problems: problemTexts(problems),
      ...withLabels(view),
    },
  });
}

/** The first message of each field. */
export function problemTexts(problems: readonly ActionProblem[] = []): Readonly<Record<string, Message>> {
  const texts: Record<string, Message> = {};
  for (const { field, message, parameters } of problems) if (field !== undefined) texts[field] ??= text(message, parameters);
  return texts;
}

/** Labels of an administrator may name messages. */
export function withLabels(view: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> | undefined {
  const fields = view?.['fields'] as readonly ProfileField[] | undefined;
  if (fields === undefined) return view;
  const shown = (value: string | undefined) => (value === undefined ? undefined : localized(value));
  return {
    ...view,
    fields: fields.map((field) => ({
      ...field,
      label: localized(field.label),
      helpBefore: shown(field.helpBefore),
      helpAfter: shown(field.helpAfter),
      placeholder: shown(field.placeholder),
      options: field.options.map((option) => ({ ...option, label: localized(option.label) })),
    })),
  };
}
