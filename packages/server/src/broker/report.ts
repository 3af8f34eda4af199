import type { User } from '../model/index.ts';
import type { Login, TabLogin } from '../pages/login-in-progress.ts';

/** The event of a login through a provider that failed. */
export function report(login: TabLogin, alias: string, error: string): void {
  const { browser, client, root } = login;
  browser.context.events.emit({
    type: 'IDENTITY_PROVIDER_LOGIN_ERROR',
    realmId: browser.realm.id,
    realmName: browser.realm.realm,
    clientId: client.clientId,
    ipAddress: browser.http.remoteAddress,
    error,
    details: { identity_provider: alias, code_id: root.id },
  });
}

/** An event about a user and his identity at a provider. */
export function emitIdentity(
  { browser, client }: Login,
  type: string,
  user: User,
  identity: { readonly alias: string; readonly name: string },
  error?: string,
): void {
  const { context, realm, http } = browser;
  context.events.emit({
    type,
    realmId: realm.id,
    realmName: realm.realm,
    clientId: client.clientId,
    userId: user.id,
    ipAddress: http.remoteAddress,
    ...(error === undefined ? {} : { error }),
    details: { identity_provider: identity.alias, identity_provider_identity: identity.name, username: user.username },
  });
}
