import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { type FlowVerdict, type LoginProgress, passwordExecution, runLoginFlow } from '../authentication/flow/login-flow.ts';
import type { StepVerdict } from '../authentication/flow/run-flow.ts';
import type { BrowserIdentity } from '../authentication/identity-cookie.ts';
import type { AuthenticationTab, User, UserSession } from '../model/index.ts';
import { emitLoginError } from './login-error.ts';
import type { Login } from './login-in-progress.ts';
import { sendErrorPage } from './send-page.ts';

/** The event of a session that had to make room for a login. */
function endedBy({ browser, client }: Login, user: User | undefined): (session: UserSession) => void {
  const { context, realm, http } = browser;
  const event = { realmId: realm.id, realmName: realm.realm, clientId: client.clientId, ipAddress: http.remoteAddress };
  return ({ id: sessionId, userId }) => {
    const details = { auth_method: client.protocol, ...(user && { username: user.username }) };
    context.events.emit({ ...event, type: 'LOGOUT', userId, sessionId, details });
  };
}

/** Whether the browser's session is enough for this client's flow. */
export function verdictOnSession(login: Login, identity: BrowserIdentity): Promise<StepVerdict> {
  const { browser, client } = login;
  const { context, realm, issuer } = browser;
  const currentSessionId = identity.session.id;
  const { user } = identity;
  const ended = endedBy(login, user);
  const progress = { realm, client, user, issuer, bySession: true, done: new Set<string>(), currentSessionId, ended };
  return runLoginFlow(context, progress, 'browser');
}

/**
 * Where the browser flow stands without a session of the browser.
 * @param done ids of the executions that were carried out
 * @param currentSessionId the session that is proved again, if any
 * @param further what not every caller knows: how to read the certificate of the request (without it a step that wants one does not apply),
 *   where to put required actions by which the user sets up what the flow asks for, and what was just read of the user
 */
export function verdictOnForms(
  login: Login,
  user: User | undefined,
  done: ReadonlySet<string>,
  currentSessionId?: string,
  further: Pick<LoginProgress, 'byCertificate' | 'setUp' | 'secondFactors'> = {},
): Promise<FlowVerdict> {
  const { browser, client } = login;
  const { context, realm, issuer } = browser;
  const ended = endedBy(login, user);
  const progress = { realm, client, user, issuer, bySession: false, done, currentSessionId, ended, ...further };
  return runLoginFlow(context, progress, 'browser');
}

/** Ids of the steps that a tab whose password was right has been through. */
export function doneSteps({ browser, client }: Login, tab: AuthenticationTab): ReadonlySet<string> {
  const before = tab.authNotes[AUTH_NOTE.doneSteps]?.split(' ') ?? [];
  const step = passwordExecution(browser.realm, client);
  return new Set(step === undefined ? before : [...before, step.id]);
}

/** The page of a login that the flow does not let go on. */
export function showFlowRefusal(login: Login, verdict: StepVerdict, details: Readonly<Record<string, string>>): FastifyReply {
  const { browser, client } = login;
  const { context, realm } = browser;
  const denied = verdict.kind === 'denied' ? verdict : { message: 'invalidFlowMessage', error: 'generic_authentication_error' };
  emitLoginError(login, { error: denied.error, details });
  if (denied.message === 'invalidFlowMessage') {
    context.logger
      .of('org.keycloak.services')
      .warn(`The browser flow of client ${client.clientId} in realm ${realm.realm} comes to no end`);
  }
  return sendErrorPage(browser, 403, denied.message);
}
