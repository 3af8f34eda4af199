import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { showExpired } from '../pages/expired-login.ts';
import { findTab } from '../pages/find-tab.ts';
import { loginActionUrl, type TabLogin } from '../pages/login-in-progress.ts';
import { nextForm } from '../pages/next-form.ts';
import { sendErrorPage, sendRedirect } from '../pages/send-page.ts';
import { showPasswordForm } from '../pages/show-step.ts';
import { beginFlow, brokeredOf } from './brokered.ts';
import { afterIdentity, renewUser } from './finish-brokered.ts';
import { failLink, finishLink, LINKING } from './link-account.ts';
import { outsideIdentity } from './outside-identity.ts';
import { report } from './report.ts';
import { type FoundProvider, mayGoTo, providerOf, redirectUriOf, rememberedBy } from './send-to-provider.ts';
import { type BrokeredTokens, tokensOfProvider } from './tokens-of-provider.ts';

const MAX_STATE = 1_024;

/** `/broker/{alias}/endpoint`: the provider sent the browser back. */
export async function returned(browser: BrowserRequest, protocol: LoginProtocol): Promise<FastifyReply> {
  const sent = browser.request.method === 'POST' ? browser.form : browser.query;
  const provided = providerOf(browser);
  if (provided === undefined) return sendErrorPage(browser, 404, 'identityProviderNotFoundMessage');
  const [state = '', tabId = '', client = ''] = (sent['state'] ?? '').length > MAX_STATE ? [] : (sent['state'] ?? '').split('.');
  const query = { client_id: Buffer.from(client, 'base64url').toString(), tab_id: tabId };
  const found = await findTab({ ...browser, query }, protocol, ['AUTHENTICATE', LINKING]);
  if ('reply' in found) return found.reply;
  const { alias, issuer } = provided.settings;
  const kept = rememberedBy(found.login, alias, state);
  if (kept === undefined || !mayGoTo(provided, found.login)) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  // The state is good once: whoever comes with it again finds another code in the tab.
  const login = await nextForm(found.login, { [AUTH_NOTE.brokerState]: undefined });
  if (login === undefined) return showExpired(found.login);
  const isOther = sent['iss'] !== undefined && issuer !== undefined && sent['iss'] !== issuer;
  if (sent['error'] !== undefined || sent['code'] === undefined || isOther) {
    const error = isOther ? 'invalid_issuer' : (sent['error'] ?? 'invalid_code').slice(0, 255);
    return refused(login, alias, error);
  }
  let tokens: BrokeredTokens;
  try {
    tokens = await tokensOfProvider(browser.context, browser.realm, provided.settings, {
      ...kept,
      code: sent['code'],
      redirectUri: redirectUriOf(browser, alias),
    });
  } catch (error) {
    report(login, alias, 'identity_provider_login_failure');
    browser.context.logger
      .of('org.keycloak.broker')
      .warn(`A login through ${alias} in realm ${browser.realm.realm} failed: ${String(error)}`);
    return sendErrorPage(browser, 502, 'identityProviderProblemMessage');
  }
  return enter(login, provided, tokens);
}

function refused(login: TabLogin, alias: string, error: string): Promise<FastifyReply> | FastifyReply {
  report(login, alias, error);
  if (login.tab.authNotes[AUTH_NOTE.linkingProvider] !== undefined) return failLink(login, error);
  return showPasswordForm(login, { message: 'identityProviderRefusedMessage', place: 'page', username: '' });
}

/** Finds the user whom the provider named; one who is not known yet goes through the flow of first logins. */
async function enter(login: TabLogin, found: FoundProvider, tokens: BrokeredTokens): Promise<FastifyReply> {
  const { browser, tab } = login;
  const { context, realm } = browser;
  const { provider } = found;
  const first = outsideIdentity(provider, tokens.claims, true);
  if (tab.authNotes[AUTH_NOTE.linkingProvider] !== undefined) return finishLink(login, found, brokeredOf(provider, first, tokens));
  const userId = await context.storage.stores.federatedIdentities.userOf(realm.id, provider.alias, first.id);
  if (userId === undefined) {
    const next = await nextForm(login, beginFlow('first-broker-login', brokeredOf(provider, first, tokens), undefined));
    return next === undefined ? showExpired(login) : sendRedirect(browser, loginActionUrl(next, 'first-broker-login', next.tab));
  }
  const user = await context.state.directory.userById(realm, userId);
  if (user === undefined) return sendErrorPage(browser, 400, 'expiredCodeMessage');
  const brokered = brokeredOf(provider, outsideIdentity(provider, tokens.claims, false), tokens);
  return afterIdentity(login, provider, brokered, await renewUser(login, provider, brokered, user));
}
