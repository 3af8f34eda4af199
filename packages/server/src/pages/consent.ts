import type { FastifyReply } from 'fastify';
import { AUTH_NOTE, hasSessionCode } from '../authentication/authentication-tab.ts';
import { expireRestartCookie } from '../authentication/restart-cookie.ts';
import type { Client, ClientScope, User } from '../model/index.ts';
import type { Message } from '../theme/message.ts';
import { showExpired } from './expired-login.ts';
import { endTab, finishTab } from './finish-login.ts';
import { localized } from './localized.ts';
import { emitLoginError, tabDetails } from './login-error.ts';
import { claimTab, loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { CONSENT_STEP, consentQuestion } from './pending-steps.ts';
import { sendAnswer, sendErrorPage, sendPage, text } from './send-page.ts';

/** What the consent is asked for: everything that is missing, or everything at all. */
async function askedScopes({ browser, client, tab }: TabLogin, user: User): Promise<readonly ClientScope[]> {
  const { scope = '' } = tab.clientNotes;
  return browser.context.consents.missing(browser.realm, client, user, scope, consentQuestion(tab.clientNotes));
}

function nameOf(client: Client): string | Message {
  return client.name ? localized(client.name) : client.clientId;
}

/** The page that asks what the client may see. */
export async function showConsent(login: TabLogin, user: User): Promise<FastifyReply> {
  const { browser, client, tab } = login;
  const scopes = await askedScopes(login, user);
  if (scopes.length === 0 && consentQuestion(tab.clientNotes) !== 'always') return finishTab(login, user);
  return sendPage(browser, {
    template: 'login-oauth-grant',
    heading: text('oauthGrantTitle', [nameOf(client)]),
    again: loginActionUrl(login, 'consent', tab),
    data: {
      action: loginActionUrl(login, 'consent', tab),
      code: tab.authNotes[AUTH_NOTE.sessionCode],
      scopes: scopes.map(({ attributes, name }) => localized(attributes['consent.screen.text'] || name)),
    },
  });
}

/** The answer to the page; its code is good once. */
export async function submitConsent(login: TabLogin, user: User): Promise<FastifyReply> {
  const { browser, client, tab, protocol } = login;
  const { form, context, realm, issuer } = browser;
  if (tab.requiredActions[0] !== CONSENT_STEP || !hasSessionCode(tab, form['code']))
    return sendErrorPage(browser, 400, 'expiredCodeMessage');
  if (form['cancel'] !== undefined) {
    const found = await claimTab(login, (root, current) => endTab(login, root, current));
    if (found === undefined) return showExpired(login);
    expireRestartCookie(browser.cookies);
    emitLoginError(login, { error: 'rejected_by_user', userId: user.id, details: tabDetails(login, user.username) });
    return sendAnswer(
      browser,
      await protocol.fail({ realm, client, redirectUri: tab.redirectUri, clientNotes: tab.clientNotes, issuer, error: 'access_denied' }),
    );
  }
  await context.consents.grant(user, client, await askedScopes(login, user));
  return finishTab(login, user, { [AUTH_NOTE.consent]: 'consent_granted' });
}
