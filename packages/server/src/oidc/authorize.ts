import type { FastifyInstance, FastifyReply } from 'fastify';
import type { StepVerdict } from '../authentication/flow/run-flow.ts';
import { type BrowserIdentity, expireDeadIdentity, readIdentity } from '../authentication/identity-cookie.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import { maxAuthAgeSeconds, wantsFreshLogin } from '../authentication/required-actions/catalogue.ts';
import type { ServerContext } from '../context.ts';
import type { Client } from '../model/index.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { showFlowRefusal, verdictOnSession } from '../pages/flow-verdict.ts';
import type { Login } from '../pages/login-in-progress.ts';
import { declarePage } from '../pages/page-route.ts';
import { pendingSteps } from '../pages/pending-steps.ts';
import { sendAnswer, sendErrorPage } from '../pages/send-page.ts';
import { continueSession, startLogin, startRegistration } from '../pages/start-login.ts';
import { AUTH_TIME_NOTE } from '../token/session-notes.ts';
import { type AuthorizationRequest, checkAuthorizationRequest, type RawParameters } from './authorization-request.ts';
import { errorAnswer } from './authorization-response.ts';
import { acrDemand, meansUser } from './claims-parameter.ts';
import { isPushedRequestUri, requiresPushedRequests, takePushedRequest } from './pushed-request.ts';
import { resolveRequest } from './request-object/resolve-request.ts';

/** `error_description` for clients that must push what they ask for. */
const PUSHED_ONLY = 'Pushed Authorization Request is only allowed.';

type ClientVerdict = { readonly client: Client } | { readonly status: number; readonly message: string; readonly event: string };

async function findClient(browser: BrowserRequest, clientId: unknown): Promise<ClientVerdict> {
  if (typeof clientId !== 'string' || clientId === '') return { status: 400, message: 'invalidRequestMessage', event: 'invalid_request' };
  const client = await browser.context.state.directory.clientByClientId(browser.realm, clientId);
  if (client === undefined) return { status: 400, message: 'clientNotFoundMessage', event: 'client_not_found' };
  if (!client.enabled) return { status: 400, message: 'clientDisabledMessage', event: 'client_disabled' };
  if (client.bearerOnly) return { status: 403, message: 'bearerOnlyMessage', event: 'not_allowed' };
  if (client.protocol !== 'openid-connect') return { status: 400, message: 'wrongProtocolMessage', event: 'invalid_client' };
  return { client };
}

/** Whether the session's last proof is older than the client accepts (`max_age`). */
function isTooOld(browser: BrowserRequest, identity: BrowserIdentity, maxAgeSeconds: number | undefined): boolean {
  if (maxAgeSeconds === undefined) return false;
  const authTime = Number(identity.session.notes[AUTH_TIME_NOTE] ?? identity.session.started);
  return browser.context.clock.nowSeconds() > authTime + maxAgeSeconds;
}

/** An `error` that a login without pages ends in; undefined = it can go on. */
async function silentProblem(
  login: Login,
  identity: BrowserIdentity | undefined,
  verdict: StepVerdict | undefined,
  request: AuthorizationRequest,
): Promise<string | undefined> {
  if (identity === undefined || verdict === undefined || verdict.kind === 'challenge') return 'login_required';
  if (!meansUser(request.clientNotes, identity.user)) return 'login_required';
  if (verdict.kind !== 'success') return 'interaction_required';
  return (await pendingSteps(login, identity.user, request.clientNotes)).length > 0 ? 'interaction_required' : undefined;
}

/** The parameters of a request: as they came, as they were pushed, or as a request object says. */
async function parametersOf(browser: BrowserRequest, client: Client, sent: RawParameters): Promise<RawParameters | undefined> {
  const { context, realm, issuer, http } = browser;
  const requestUri = sent['request_uri'];
  if (isPushedRequestUri(requestUri)) return takePushedRequest(context.state, realm, requestUri, client.clientId);
  const resolved = await resolveRequest(context, realm, client, { issuer, baseUrl: http.baseUrl }, sent);
  return resolved.ok ? resolved.parameters : undefined;
}

async function authorize(browser: BrowserRequest, sent: RawParameters, protocol: LoginProtocol, register = false): Promise<FastifyReply> {
  const { context, realm, issuer } = browser;
  const failed = (error: string, clientId: string | undefined) =>
    context.events.emit({
      type: 'LOGIN_ERROR',
      realmId: realm.id,
      realmName: realm.realm,
      clientId,
      ipAddress: browser.http.remoteAddress,
      error,
    });
  const found = await findClient(browser, sent['client_id']);
  if (!('client' in found)) {
    failed(found.event, undefined);
    return sendErrorPage(browser, found.status, found.message);
  }
  const { client } = found;
  const isPushed = isPushedRequestUri(sent['request_uri']);
  const raw = await parametersOf(browser, client, sent);
  if (raw === undefined) {
    failed('invalid_request', client.clientId);
    return sendErrorPage(browser, 400, 'invalidRequestMessage');
  }
  const scope = raw['scope'];
  const validScope = typeof scope !== 'string' || (await context.tokens.isValidScope(realm, client, scope));
  const verdict = checkAuthorizationRequest(client, raw, browser.http.baseUrl, validScope);
  if (verdict.kind === 'page') {
    failed(verdict.parameter === 'redirect_uri' ? 'invalid_redirect_uri' : 'invalid_request', client.clientId);
    return sendErrorPage(browser, verdict.status, verdict.message, verdict.parameter === undefined ? [] : [verdict.parameter]);
  }
  if (verdict.kind === 'redirect') {
    failed(verdict.error, client.clientId);
    return sendAnswer(browser, await errorAnswer(context, { realm, client, issuer, ...verdict }));
  }
  const { request } = verdict;
  if (!isPushed && requiresPushedRequests(client)) {
    failed('invalid_request', client.clientId);
    return sendAnswer(
      browser,
      await protocol.fail({ realm, client, ...request, issuer, error: 'invalid_request', description: PUSHED_ONLY }),
    );
  }
  const login = { browser, client, protocol };
  if (register || request.prompts.includes('create')) {
    if (!realm.registrationAllowed) failed('registration_disabled', client.clientId);
    return startRegistration(login, request);
  }
  const identity = await readIdentity(context, browser.cookies, realm, issuer);
  if (identity === undefined) expireDeadIdentity(browser.cookies);
  const demand = acrDemand(realm, client, request.clientNotes);
  if (demand === 'unknown') {
    failed('invalid_request', client.clientId);
    return sendErrorPage(browser, 400, 'invalidParameterMessage', ['claims']);
  }
  const again =
    request.prompts.includes('login') ||
    demand === 'fresh' ||
    wantsFreshLogin(context.features, realm, request.clientNotes['kc_action']) ||
    (identity !== undefined &&
      [request.maxAgeSeconds, maxAuthAgeSeconds(context.features, realm, request.clientNotes['kc_action'])].some((age) =>
        isTooOld(browser, identity, age),
      ));
  const byFlow = identity === undefined || again ? undefined : await verdictOnSession(login, identity);
  if (request.prompts.includes('none')) {
    const error = await silentProblem(login, identity, byFlow, request);
    if (error !== undefined) return sendAnswer(browser, await protocol.fail({ realm, client, ...request, issuer, error }));
  }
  if (identity !== undefined && !meansUser(request.clientNotes, identity.user)) {
    failed('different_user_authenticated', client.clientId);
    return sendAnswer(browser, await protocol.fail({ realm, client, ...request, issuer, error: 'access_denied' }));
  }
  if (identity === undefined || byFlow?.kind === 'challenge') return startLogin(login, request, undefined);
  if (byFlow === undefined) return startLogin(login, request, identity);
  if (byFlow.kind !== 'success') return showFlowRefusal(login, byFlow, { redirect_uri: request.redirectUri });
  return continueSession(login, request, identity);
}

/** `/realms/{realm}/protocol/openid-connect/auth` (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2). */
export function registerAuthorize(app: FastifyInstance, context: ServerContext, protocol: LoginProtocol): void {
  const url = '/realms/:realm/protocol/openid-connect/auth';
  const raw = (source: unknown): RawParameters => (typeof source === 'object' && source !== null ? { ...source } : {});
  declarePage(app, context, url, {
    GET: (browser) => authorize(browser, raw(browser.request.query), protocol),
    POST: (browser) => authorize(browser, raw(browser.request.body), protocol),
  });
  declarePage(app, context, '/realms/:realm/protocol/openid-connect/registrations', {
    GET: (browser) => authorize(browser, raw(browser.request.query), protocol, true),
  });
}
