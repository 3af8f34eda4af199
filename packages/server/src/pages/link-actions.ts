import type { FastifyReply } from 'fastify';
import { signActionToken, useOf, useUp } from '../authentication/action-token/action-token.ts';
import { AUTH_NOTE, newSessionCode, newTab, withNotes, withTab } from '../authentication/authentication-tab.ts';
import { actionName, isKnownAction, VERIFY_EMAIL } from '../authentication/required-actions/catalogue.ts';
import { userTags } from '../cache/invalidation-keys.ts';
import type { Realm, User } from '../model/index.ts';
import { authenticationOf, findExecution, flowByAlias } from '../realm/realm-authentication.ts';
import { SECOND_FACTOR } from '../security/second-factor/second-factors.ts';
import type { Message } from '../theme/message.ts';
import { addTab, showExpired } from './expired-login.ts';
import { finishTab } from './finish-login.ts';
import { type FollowedLink, refuse } from './followed-link.ts';
import { loginActionUrl, type TabLogin } from './login-in-progress.ts';
import { pendingSteps } from './pending-steps.ts';
import { sendPage, sendRedirect, text } from './send-page.ts';

const UPDATE_PASSWORD = 'UPDATE_PASSWORD';
const CONFIGURE_TOTP = 'CONFIGURE_TOTP';

/** A login of its own for a link that was opened where no login waits for it. It ends with a page, not with a session. */
async function detachedLogin({ browser, protocol, client, token }: FollowedLink): Promise<TabLogin> {
  const back = token.redirectUri ?? client.baseUrl;
  const tab = newTab({
    client,
    redirectUri: `${browser.issuer}/account/`,
    clientNotes: { response_type: 'code' },
    authNotes: { [AUTH_NOTE.endAfterActions]: 'true', ...(back === undefined ? {} : { [AUTH_NOTE.backUrl]: back }) },
    nowSeconds: browser.context.clock.nowSeconds(),
  });
  const login = { browser, client, protocol };
  return { ...login, root: await addTab(login, tab), tab };
}

/** Makes the user of the link the user of the tab, with these things to do, and goes there. */
async function handOver(link: FollowedLink, login: TabLogin, actions: readonly string[]): Promise<FastifyReply> {
  const { browser, token, user } = link;
  const { context, realm } = browser;
  const { key, expires } = useOf(realm, token);
  const notes = {
    [AUTH_NOTE.sessionCode]: newSessionCode(),
    [AUTH_NOTE.actionTokenUse]: `${key} ${expires}`,
    [AUTH_NOTE.actionTokenUsed]: undefined,
    [AUTH_NOTE.authenticatedAt]: String(context.clock.nowSeconds()),
  };
  const root = await context.state.authenticationSessions.update(realm, login.root.id, (stored) => {
    const tab = stored.tabs[login.tab.tabId];
    if (tab === undefined) return stored;
    const changed = { ...withNotes(tab, notes), userId: user.id, requiredActions: actions, timestamp: context.clock.nowSeconds() };
    return withTab(stored, changed);
  });
  const tab = root?.tabs[login.tab.tabId];
  if (root === undefined || tab === undefined) return showExpired(login);
  if (actions.length > 0) return sendRedirect(browser, loginActionUrl(login, 'required-action', tab, { execution: actions[0] }));
  if (!(await useUp(context, { key, expires }))) return refuse(browser, token, 'expired_code', link.client);
  return finishTab({ ...login, root, tab }, user);
}

/** Whoever opened the link reads the mails of the address. */
export async function confirmAddress({ browser, user }: FollowedLink): Promise<User> {
  if (user.emailVerified && !user.requiredActions.includes(VERIFY_EMAIL)) return user;
  const { realm, context } = browser;
  let confirmed = user;
  await context.state.changes.write(async (stores, touch) => {
    const current = await stores.users.byId(realm.id, user.id);
    if (current === undefined || current.email !== user.email) return;
    const requiredActions = current.requiredActions.filter((action) => action !== VERIFY_EMAIL);
    confirmed = await stores.users.update({ ...current, emailVerified: true, requiredActions });
    touch(...userTags(user));
  });
  return confirmed;
}

/** Whether the realm's flow demands a new password of those who forgot theirs. */
function demandsPassword(realm: Realm): boolean {
  return resetStep(realm, 'reset-password');
}

function resetStep(realm: Realm, authenticator: string): boolean {
  const authentication = authenticationOf(realm);
  const flow = flowByAlias(authentication, (realm.other['resetCredentialsFlow'] as string | undefined) ?? 'reset credentials');
  return findExecution(authentication, flow, authenticator) !== undefined;
}

/** The link of a forgotten password: on to a new one, and then (in the browser that asked) into the application. */
export async function continueReset(link: FollowedLink): Promise<FastifyReply> {
  const login = link.waiting ?? (await detachedLogin(link));
  const user = await confirmAddress(link);
  const steps = await pendingSteps(login, user, link.waiting === undefined ? {} : login.tab.clientNotes);
  const { realm, context } = link.browser;
  const password = demandsPassword(realm) ? [UPDATE_PASSWORD] : [];
  // A mailbox does not stand in for an authenticator: it is set up anew.
  const anew = resetStep(realm, 'reset-otp') && (await context.secondFactors.configured(user)).has(SECOND_FACTOR.otp);
  return handOver({ ...link, user }, login, [...new Set([...password, ...(anew ? [CONFIGURE_TOTP] : []), ...steps])]);
}

/** The link of an administrator's mail: first a page that says what is asked for, then the actions. */
export async function performActions(link: FollowedLink): Promise<FastifyReply> {
  const { browser, token, waiting } = link;
  const { realm } = browser;
  const actions = (token.actions ?? []).filter((action) => isKnownAction(browser.context.features, realm, action));
  if (waiting === undefined) {
    const names = actions.map((action) => actionName(realm, action)).join(', ');
    return confirmFirst(link, 'confirmActionsHeading', text('confirmActionsMessage', [names]));
  }
  const user = actions.includes(VERIFY_EMAIL) ? await confirmAddress(link) : link.user;
  return handOver(
    { ...link, user },
    waiting,
    actions.filter((action) => action !== VERIFY_EMAIL),
  );
}

/** The link that confirms an address: at once in the browser that waits for it, after a question in any other. */
export async function verifyEmail(link: FollowedLink): Promise<FastifyReply> {
  const { browser, token, user, client, waiting } = link;
  const { context, realm } = browser;
  const back = { backUrl: token.redirectUri ?? client.baseUrl };
  if (user.emailVerified) {
    return sendPage(browser, {
      template: 'info',
      heading: 'emailVerifiedHeading',
      data: { message: text('emailAlreadyVerifiedMessage'), ...back },
    });
  }
  if (waiting === undefined) return confirmFirst(link, 'confirmEmailHeading', text('confirmEmailMessage', [user.email ?? '']));
  if (!(await useUp(context, useOf(realm, token)))) return refuse(browser, token, 'expired_code', client);
  await confirmAddress(link);
  context.events.emit({
    type: 'VERIFY_EMAIL',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    userId: user.id,
    ipAddress: browser.http.remoteAddress,
    details: { action: token.kind, email: user.email ?? '', username: user.username },
  });
  if (waiting.tab.authNotes[AUTH_NOTE.endAfterActions] === undefined) {
    return sendRedirect(browser, loginActionUrl(waiting, 'required-action', waiting.tab));
  }
  return sendPage(browser, { template: 'info', heading: 'emailVerifiedHeading', data: { message: text('emailVerifiedMessage'), ...back } });
}

/** A page whose link goes on: programs that open the links of mails do not follow those of pages, and have no cookie. */
export async function confirmFirst(link: FollowedLink, heading: string, message: Message): Promise<FastifyReply> {
  const { browser, token, user, client } = link;
  const { context, realm, issuer } = browser;
  const login = await detachedLogin(link);
  const { kind, expires, nonce, actions, redirectUri, clientId } = token;
  const key = await signActionToken(context, realm, issuer, user, {
    kind,
    expires,
    nonce,
    actions,
    redirectUri,
    clientId,
    tab: { rootId: login.root.id, tabId: login.tab.tabId, clientUuid: client.id },
    waitingTab: token.tab,
  });
  return sendPage(browser, {
    template: 'info',
    heading,
    data: { message, actionUrl: `${issuer}/login-actions/action-token?key=${key}`, backUrl: undefined },
  });
}
