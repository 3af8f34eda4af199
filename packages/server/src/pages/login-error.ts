import type { Login, TabLogin } from './login-in-progress.ts';

/** Why a login goes no further, as its event tells it. */
export interface LoginError {
  readonly error: string;
  /** undefined = nobody is known yet. */
  readonly userId?: string | undefined;
  readonly details: Readonly<Record<string, string>>;
}

/** The event of a login in a browser that was refused or given up. */
export function emitLoginError({ browser, client }: Login, { error, userId, details }: LoginError): void {
  const { context, realm, http } = browser;
  context.events.emit({
    type: 'LOGIN_ERROR',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    userId,
    ipAddress: http.remoteAddress,
    error,
    details: { auth_method: client.protocol, ...details },
  });
}

/** What an event tells of the tab that somebody tried to log in with. */
export function tabDetails({ root, tab }: TabLogin, username: string): Readonly<Record<string, string>> {
  return { redirect_uri: tab.redirectUri, code_id: root.id, username };
}

/** How the client wants its answer, as events tell it. */
export function responseDetails({ response_type: type = 'code', response_mode: mode }: Readonly<Record<string, string>>) {
  return { response_type: type, response_mode: mode ?? (type === 'code' ? 'query' : 'fragment') };
}
