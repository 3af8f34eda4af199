import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { grantsTag, userTags } from '../cache/invalidation-keys.ts';
import type { IdentityProvider, User } from '../model/index.ts';
import { showExpired } from '../pages/expired-login.ts';
import { doneSteps, showFlowRefusal, verdictOnForms } from '../pages/flow-verdict.ts';
import { loginActionUrl, type TabLogin } from '../pages/login-in-progress.ts';
import { nextForm } from '../pages/next-form.ts';
import { clientActionNotes, proceed } from '../pages/proceed.ts';
import { sendErrorPage, sendRedirect } from '../pages/send-page.ts';
import { type Brokered, beginFlow, endOfFlow, linkOf, sessionNotesOf } from './brokered.ts';
import { changeGroups, roleIdsOf } from './new-user.ts';
import { withMapped } from './outside-identity.ts';
import { report } from './report.ts';

/** The user of an identity is known: on to the flow that the provider wants after each login, or to the end. */
export async function afterIdentity(login: TabLogin, provider: IdentityProvider, brokered: Brokered, user: User): Promise<FastifyReply> {
  if (!user.enabled) {
    report(login, provider.alias, 'user_disabled');
    return sendErrorPage(login.browser, 400, 'accountDisabledMessage');
  }
  if (!provider.postBrokerLoginFlowAlias) return finishBrokered(login, provider, brokered, user);
  const next = await nextForm(login, beginFlow('post-broker-login', brokered, user.id));
  return next === undefined ? showExpired(login) : sendRedirect(next.browser, loginActionUrl(next, 'post-broker-login', next.tab));
}

/** The end of a login through a provider. */
export async function finishBrokered(login: TabLogin, provider: IdentityProvider, brokered: Brokered, user: User): Promise<FastifyReply> {
  const { browser, tab, root } = login;
  if (!user.enabled) {
    report(login, provider.alias, 'user_disabled');
    return sendErrorPage(browser, 400, 'accountDisabledMessage');
  }
  const verdict = await verdictOnForms(login, user, doneSteps(login, tab), tab.authNotes[AUTH_NOTE.sessionId]);
  // The provider has asked for what it wants; forms of this server are not shown besides. What the flow forbids stays forbidden.
  if (verdict.kind === 'denied')
    return showFlowRefusal(login, verdict, { redirect_uri: tab.redirectUri, code_id: root.id, username: user.username });
  return proceed(login, user, {
    ...endOfFlow,
    ...clientActionNotes(browser.context, browser.realm, tab),
    ...sessionNotesOf(brokered),
    [AUTH_NOTE.attemptedUsername]: user.username,
    [AUTH_NOTE.authenticatedAt]: String(browser.context.clock.nowSeconds()),
  });
}

/** What a later login brings: the name there, its tokens, and what the mappers renew. */
export async function renewUser(login: TabLogin, provider: IdentityProvider, brokered: Brokered, user: User): Promise<User> {
  const { context, realm } = login.browser;
  const { identity } = brokered;
  const { directory, changes } = context.state;
  const [gained, lost, byName, byEmail] = await Promise.all([
    roleIdsOf(context, realm, identity.roles),
    roleIdsOf(context, realm, identity.lostRoles),
    identity.renames ? directory.userByUsername(realm, identity.username) : undefined,
    identity.email === undefined || realm.duplicateEmailsAllowed ? undefined : directory.userByEmail(realm, identity.email),
  ]);
  // What somebody else has is not taken from him: the name or the address stays as it was.
  const isFree = (holder: User | undefined): boolean => holder === undefined || holder.id === user.id;
  const brought = { ...identity, ...(isFree(byEmail) ? {} : { email: undefined }) };
  const change = (current: User): User => ({
    ...withMapped(current, provider, brought),
    ...(identity.renames && isFree(byName) ? { username: identity.username } : {}),
  });
  const isChanged = JSON.stringify(change(user)) !== JSON.stringify(user);
  return changes.write(async (stores, touch) => {
    await stores.federatedIdentities.renew(user.id, linkOf(brokered));
    if (gained.length > 0) await stores.users.addRoles(user.id, gained);
    if (lost.length > 0) await stores.users.removeRoles(user.id, lost);
    if (gained.length + lost.length > 0) touch(grantsTag(user.id));
    await changeGroups(stores, touch, user, identity.groups, identity.lostGroups);
    const current = isChanged ? await stores.users.byId(user.realmId, user.id) : undefined;
    if (current === undefined) return user;
    const stored = await stores.users.update(change(current));
    touch(...userTags(current), ...userTags(stored));
    return stored;
  });
}
