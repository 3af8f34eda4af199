import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DEVICE_USER_CODE_NOTE } from '../../authentication/authentication-tab.ts';
import { readIdentity } from '../../authentication/identity-cookie.ts';
import type { LoginProtocol } from '../../authentication/login-protocol.ts';
import type { ServerContext } from '../../context.ts';
import type { BrowserRequest } from '../../pages/browser-request.ts';
import { verdictOnSession } from '../../pages/flow-verdict.ts';
import { declarePage } from '../../pages/page-route.ts';
import { sendPage, sendRedirect, text } from '../../pages/send-page.ts';
import { continueSession, startLogin } from '../../pages/start-login.ts';
import { answerPreflight } from '../cors.ts';
import { statusUrl } from './device-answer.ts';
import { normalUserCode, waitingRequest } from './device-codes.ts';
import { mayUseDevices } from './device-settings.ts';

/** What a failed connection is told as, by the error in the address. */
const REASONS: Readonly<Record<string, string>> = {
  access_denied: 'oauth2DeviceConsentDeniedMessage',
  expired_token: 'oauth2DeviceExpiredUserCodeMessage',
  unauthorized_client: 'oauth2DeviceAuthorizationGrantDisabledMessage',
};

/**
 * Where people let devices in (RFC 8628 section 3.3): `/realms/{realm}/device` asks for the code, a login follows, and `/device/status` says how it
 * ended. None of it needs JavaScript.
 */
export function registerDevicePages(app: FastifyInstance, context: ServerContext, protocol: LoginProtocol): void {
  const preflight = (request: FastifyRequest, reply: FastifyReply) => answerPreflight(request, reply, 'POST, OPTIONS');
  const enter = (browser: BrowserRequest): Promise<FastifyReply> => enterCode(browser, protocol);
  declarePage(app, context, '/realms/:realm/device', { GET: enter, POST: enter });
  declarePage(app, context, '/realms/:realm/device/status', { GET: async (browser) => showStatus(browser) });
  // The address that devices post to shows people the page.
  declarePage(app, context, '/realms/:realm/protocol/openid-connect/auth/device', { GET: enter }, preflight, ['POST']);
}

async function enterCode(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const typed = browser.form['device_user_code'] ?? browser.query['user_code'];
  if (typed === undefined) return askForCode(browser);
  const userCode = normalUserCode(typed);
  const { context, realm, issuer } = browser;
  const asked = userCode === undefined ? undefined : await waitingRequest(context.state, realm, userCode);
  const client = asked && (await context.state.directory.clientById(realm, asked.clientUuid));
  if (userCode === undefined || asked === undefined || !client?.enabled) return askForCode(browser, 'oauth2DeviceInvalidUserCodeMessage');
  if (!mayUseDevices(client)) return sendRedirect(browser, statusUrl(issuer, 'unauthorized_client'));
  const login = { browser, client, protocol };
  const request = { redirectUri: statusUrl(issuer), clientNotes: { [DEVICE_USER_CODE_NOTE]: userCode, scope: asked.scope } };
  const identity = await readIdentity(context, browser.cookies, realm, issuer);
  const verdict = identity && (await verdictOnSession(login, identity));
  if (identity === undefined || verdict?.kind !== 'success') return startLogin(login, request, undefined);
  return continueSession(login, request, identity);
}

function askForCode(browser: BrowserRequest, problem?: string): FastifyReply {
  return sendPage(browser, {
    template: 'login-oauth2-device-verify-user-code',
    heading: 'oauth2DeviceVerificationTitle',
    alert: problem === undefined ? undefined : { type: 'error', message: problem },
    data: { action: `${browser.issuer}/device` },
  });
}

function showStatus(browser: BrowserRequest): FastifyReply {
  const { error } = browser.query;
  if (error === undefined) {
    return sendPage(browser, {
      template: 'info',
      heading: 'oauth2DeviceVerificationCompleteHeader',
      data: { message: text('oauth2DeviceVerificationCompleteMessage') },
    });
  }
  const reason = Object.hasOwn(REASONS, error) ? REASONS[error] : undefined;
  return sendPage(browser, {
    template: 'info',
    heading: 'oauth2DeviceVerificationFailedHeader',
    data: {
      message: text(reason ?? 'oauth2DeviceVerificationFailedMessage'),
      // A client that may not connect devices will not with another code either.
      actionUrl: error === 'unauthorized_client' ? undefined : `${browser.issuer}/device`,
    },
  });
}
