import type { FastifyInstance, FastifyReply } from 'fastify';
import { hasSessionCode } from '../authentication/authentication-tab.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import type { ServerContext } from '../context.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { findTab } from '../pages/find-tab.ts';
import { declarePage } from '../pages/page-route.ts';
import { sendErrorPage } from '../pages/send-page.ts';
import { brokerFlowPage } from './broker-flow-page.ts';
import { startLink } from './link-account.ts';
import { returned } from './returned-browser.ts';
import { mayGoTo, providerOf, sendToProvider } from './send-to-provider.ts';

/** `/broker/{alias}/login`: the user wants to log in through the provider, or to link his account with it. */
async function start(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const found = await findTab(browser, protocol);
  if ('reply' in found) return found.reply;
  const { login } = found;
  if (!hasSessionCode(login.tab, browser.query['session_code'])) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  const provided = providerOf(browser);
  if (provided === undefined || !mayGoTo(provided, login)) return sendErrorPage(browser, 404, 'identityProviderNotFoundMessage');
  return sendToProvider(login, provided);
}

/** Logins through outside providers, and links with their identities: what browsers visit. */
export function registerBroker(app: FastifyInstance, context: ServerContext, protocol: LoginProtocol): void {
  const base = '/realms/:realm/broker/:alias';
  declarePage(app, context, `${base}/login`, { GET: (browser) => start(browser, protocol) });
  declarePage(app, context, `${base}/link`, { GET: (browser) => startLink(browser, protocol) });
  const back = (browser: BrowserRequest) => returned(browser, protocol);
  declarePage(app, context, `${base}/endpoint`, { GET: back, POST: back });
  for (const flow of ['first-broker-login', 'post-broker-login'] as const) {
    const handler = (browser: BrowserRequest) => brokerFlowPage(browser, protocol, flow);
    declarePage(app, context, `/realms/:realm/login-actions/${flow}`, { GET: handler, POST: handler });
  }
}
