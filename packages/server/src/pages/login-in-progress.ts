import { hasSessionCode } from '../authentication/authentication-tab.ts';
import { encodeClientData } from '../authentication/client-data.ts';
import type { LoginProtocol } from '../authentication/login-protocol.ts';
import type { AuthenticationTab, Client, RootAuthenticationSession } from '../model/index.ts';
import type { BrowserRequest } from './browser-request.ts';

/** One request of a login: the browser, the client that it logs in to, and the protocol that asked for it. */
export interface Login {
  readonly browser: BrowserRequest;
  readonly client: Client;
  readonly protocol: LoginProtocol;
}

/** What the client asked for, already checked. */
export interface LoginRequest {
  readonly redirectUri: string;
  readonly clientNotes: Readonly<Record<string, string>>;
}

/** A login whose tab was found. */
export interface TabLogin extends Login {
  readonly root: RootAuthenticationSession;
  readonly tab: AuthenticationTab;
}

export interface UrlParts {
  readonly sessionCode?: string | undefined;
  readonly execution?: string | undefined;
}

/** URL of a login action for a tab, with the parameters in Keycloak's order. */
export function loginActionUrl(login: Login, path: string, tab: AuthenticationTab, parts: UrlParts = {}): string {
  const { browser, client } = login;
  const parameters = new URLSearchParams();
  if (parts.sessionCode !== undefined) parameters.set('session_code', parts.sessionCode);
  if (parts.execution !== undefined) parameters.set('execution', parts.execution);
  parameters.set('client_id', client.clientId);
  parameters.set('tab_id', tab.tabId);
  parameters.set(
    'client_data',
    encodeClientData({
      redirectUri: tab.redirectUri,
      responseType: tab.clientNotes['response_type'] ?? 'code',
      responseMode: tab.clientNotes['response_mode'],
      state: tab.clientNotes['state'],
    }),
  );
  return `${browser.issuer}/login-actions/${path}?${parameters.toString()}`;
}

/**
 * Changes the tab if it still waits for the session code that this request saw: of two requests with one code, one goes on.
 * @param change pure; undefined removes the root session
 * @returns the tab as it was found, undefined if another request was faster
 */
export async function claimTab(
  { browser, root, tab }: TabLogin,
  change: (root: RootAuthenticationSession, current: AuthenticationTab) => RootAuthenticationSession | undefined,
): Promise<AuthenticationTab | undefined> {
  const code = tab.authNotes['session_code'];
  let found: AuthenticationTab | undefined;
  await browser.context.state.authenticationSessions.update(browser.realm, root.id, (stored) => {
    const current = stored.tabs[tab.tabId];
    found = current !== undefined && hasSessionCode(current, code) ? current : undefined;
    return found === undefined ? stored : change(stored, found);
  });
  return found;
}
