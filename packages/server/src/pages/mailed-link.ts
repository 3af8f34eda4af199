import { type ActionKind, signActionToken, userLifespanSeconds } from '../authentication/action-token/action-token.ts';
import type { User } from '../model/index.ts';
import type { TabLogin } from './login-in-progress.ts';

/** The link of a mail by which a user goes on with a login, and for how long it works. @param nonce what the login waits for, where it does */
export async function mailedLink(
  { browser, client, root, tab }: TabLogin,
  user: User,
  kind: ActionKind,
  nonce?: string,
): Promise<{ readonly link: string; readonly lifespanSeconds: number }> {
  const { context, realm, issuer } = browser;
  const lifespanSeconds = userLifespanSeconds(realm, kind);
  const key = await signActionToken(context, realm, issuer, user, {
    kind,
    clientId: client.clientId,
    ...(nonce === undefined ? {} : { nonce }),
    expires: context.clock.nowSeconds() + lifespanSeconds,
    tab: { rootId: root.id, tabId: tab.tabId, clientUuid: client.id },
  });
  return { link: `${issuer}/login-actions/action-token?key=${key}`, lifespanSeconds };
}
