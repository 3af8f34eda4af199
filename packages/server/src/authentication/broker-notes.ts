import type { AuthenticationTab, UserSession } from '../model/index.ts';
import { AUTH_NOTE } from './authentication-tab.ts';

/** What a session knows of the login at the provider that opened it. */
export interface BrokerSession {
  readonly notes: Readonly<Record<string, string>>;
  readonly brokerUserId?: UserSession['brokerUserId'];
  readonly brokerSessionId?: UserSession['brokerSessionId'];
}

/** Names of the provider and of the user there, as events tell them. */
export function providerNotes({ authNotes }: AuthenticationTab): Readonly<Record<string, string>> {
  const alias = authNotes[AUTH_NOTE.identityProvider];
  const identity = authNotes[AUTH_NOTE.identityProviderIdentity];
  return alias === undefined || identity === undefined ? {} : { identity_provider: alias, identity_provider_identity: identity };
}

/** Notes and references of the session of a login through a provider, under Keycloak's names. */
export function brokerSession(tab: AuthenticationTab): BrokerSession {
  const text = tab.authNotes[AUTH_NOTE.brokerSession];
  const kept = text === undefined ? { notes: {} } : (JSON.parse(text) as BrokerSession);
  return { ...kept, notes: { ...kept.notes, ...providerNotes(tab) } };
}
