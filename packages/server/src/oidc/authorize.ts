import type { FastifyInstance, FastifyReply } from 'fastify';
import { type BrowserIdentity, expireDeadIdentity, readIdentity } from '../authentication/identity-cookie.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import type { ServerContext } from '../context.ts';
import type { Client } from '../model/index.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { declarePage } from '../pages/page-route.ts';
import { sendAnswer, sendErrorPage } from '../pages/send-page.ts';
import { actionsOf, continueSession, startLogin } from '../pages/start-login.ts';
import { AUTH_TIME_NOTE } from '../token/session-notes.ts';
import { type AuthorizationRequest, checkAuthorizationRequest, type RawParameters } from './authorization-request.ts';
import { errorAnswer } from './authorization-response.ts';

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
function silentProblem(browser: BrowserRequest, identity: BrowserIdentity | undefined, request: AuthorizationRequest): string | undefined {
  if (identity === undefined || request.prompts.includes('login') || isTooOld(browser, identity, request.maxAgeSeconds)) {
    return 'login_required';
  }
  return actionsOf(identity, request).length > 0 ? 'interaction_required' : undefined;
}

async function authorize(browser: BrowserRequest, raw: RawParameters, protocol: LoginProtocol): Promise<FastifyReply> {
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
  const found = await findClient(browser, raw['client_id']);
  if (!('client' in found)) {
    failed(found.event, undefined);
    return sendErrorPage(browser, found.status, found.message);
  }
  const { client } = found;
  const scope = raw['scope'];
  const validScope = typeof scope !== 'string' || (await context.tokens.isValidScope(realm, client, scope));
  const verdict = checkAuthorizationRequest(client, raw, browser.http.baseUrl, validScope);
  if (verdict.kind === 'page') {
    failed(verdict.parameter === 'redirect_uri' ? 'invalid_redirect_uri' : 'invalid_request', client.clientId);
    return sendErrorPage(browser, verdict.status, verdict.message, verdict.parameter === undefined ? [] : [verdict.parameter]);
  }
  if (verdict.kind === 'redirect') {
    failed(verdict.error, client.clientId);
    return sendAnswer(browser, errorAnswer(verdict.mode, verdict.redirectUri, { ...verdict, issuer }));
  }
  const { request } = verdict;
  if (request.prompts.includes('create')) {
    failed('registration_disabled', client.clientId);
    return sendErrorPage(browser, 400, 'registrationNotAllowedMessage');
  }
  const login = { browser, client, protocol };
  const identity = await readIdentity(context, browser.cookies, realm, issuer);
  if (identity === undefined) expireDeadIdentity(browser.cookies);
  if (request.prompts.includes('none')) {
    const error = silentProblem(browser, identity, request);
    if (error !== undefined) return sendAnswer(browser, protocol.fail({ ...request, issuer, error }));
  }
  if (identity === undefined) return startLogin(login, request, undefined);
  if (request.prompts.includes('login') || isTooOld(browser, identity, request.maxAgeSeconds)) return startLogin(login, request, identity);
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
}
