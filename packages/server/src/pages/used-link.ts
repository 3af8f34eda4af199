import { useUp } from '../authentication/action-token/action-token.ts';
import { AUTH_NOTE, withNotes, withTab } from '../authentication/authentication-tab.ts';
import type { TabLogin } from './login-in-progress.ts';

/**
 * Uses up the link from a mail that this login began with, before the first thing that it does: of two browsers that carry one link
 * through at once, one goes on. True also for a login that began without one.
 */
export async function useUpLink({ browser, root, tab }: TabLogin): Promise<boolean> {
  const { context, realm } = browser;
  const [key, expires] = tab.authNotes[AUTH_NOTE.actionTokenUse]?.split(' ') ?? [];
  if (key === undefined || tab.authNotes[AUTH_NOTE.actionTokenUsed] !== undefined) return true;
  if (!(await useUp(context, { key, expires: Number(expires) }))) return false;
  await context.state.authenticationSessions.update(realm, root.id, (stored) => {
    const current = stored.tabs[tab.tabId];
    return current === undefined ? stored : withTab(stored, withNotes(current, { [AUTH_NOTE.actionTokenUsed]: 'true' }));
  });
  return true;
}
