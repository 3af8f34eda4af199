import type { FastifyReply } from 'fastify';
import { type TabReference, useOf, useUp } from '../authentication/action-token/action-token.ts';
import { AUTH_NOTE, withNotes, withTab } from '../authentication/authentication-tab.ts';
import { type FollowedLink, refuse } from './followed-link.ts';
import { confirmAddress, confirmFirst } from './link-actions.ts';
import { loginActionUrl } from './login-in-progress.ts';
import { sendPage, sendRedirect, text } from './send-page.ts';

/**
 * The link that lets an outside identity be linked with the account whose mailbox it went to: at once in the browser that waits for it, after
 * a question in any other. It is good for the identity that it was sent for, and once.
 */
export async function linkIdentity(link: FollowedLink): Promise<FastifyReply> {
  const { browser, token, user, client, waiting } = link;
  const { context, realm } = browser;
  if (token.waitingTab === undefined && waiting === undefined) {
    return confirmFirst(link, 'confirmLinkByMailHeading', text('confirmLinkByMailMessage', [user.username]));
  }
  if (!(await useUp(context, useOf(realm, token)))) return refuse(browser, token, 'expired_code', client);
  const target = token.waitingTab ?? token.tab;
  if (target === undefined || !(await mark(link, target))) return refuse(browser, token, 'expired_code', client);
  await confirmAddress(link);
  context.events.emit({
    type: 'IDENTITY_PROVIDER_LINK_ACCOUNT',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    userId: user.id,
    ipAddress: browser.http.remoteAddress,
    details: { username: user.username },
  });
  if (token.waitingTab === undefined && waiting !== undefined) {
    return sendRedirect(browser, loginActionUrl(waiting, 'first-broker-login', waiting.tab));
  }
  const data = { message: text('accountLinkedMessage'), backUrl: undefined };
  return sendPage(browser, { template: 'info', heading: 'accountLinkedHeading', data });
}

/** Tells the login that waits that its user said yes; false where it waits for something else by now. */
async function mark({ browser, token, user }: FollowedLink, { rootId, tabId }: TabReference): Promise<boolean> {
  const { context, realm } = browser;
  let isWaiting = false;
  await context.state.authenticationSessions.update(realm, rootId, (stored) => {
    const tab = Object.hasOwn(stored.tabs, tabId) ? stored.tabs[tabId] : undefined;
    isWaiting = tab?.authNotes[AUTH_NOTE.verifyEmailSent] === token.nonce && tab.authNotes[AUTH_NOTE.brokerExisting] === user.id;
    return tab === undefined || !isWaiting ? stored : withTab(stored, withNotes(tab, { [AUTH_NOTE.brokerMailConfirmed]: user.id }));
  });
  return isWaiting;
}
