import type { State } from '../../cache/contracts.ts';
import type { Logouts } from '../../logout/contracts.ts';
import type { Clock } from '../../model/clock.ts';
import type { Client, ClientScope, Realm, User } from '../../model/index.ts';
import type { ConsentStore, StoredConsent } from '../../store/stores.ts';
import { planScope } from '../../token/scope.ts';

/**
 * How much of what was granted counts: all of it, nothing (`prompt=consent`), or nothing and the client setting neither (a device, which asks for a
 * user who may not know of it: RFC 8628 section 5.4).
 */
export type ConsentQuestion = 'missing' | 'again' | 'always';

/** What users let clients see (client setting `consentRequired`). */
export interface Consents {
  /** The scopes of a request that the user has to grant before the client gets anything; empty where nothing is to be asked. */
  missing(realm: Realm, client: Client, user: User, scope: string, question: ConsentQuestion): Promise<readonly ClientScope[]>;
  grant(user: User, client: Client, scopes: readonly ClientScope[]): Promise<void>;
  ofUser(user: User): Promise<readonly StoredConsent[]>;
  /**
   * Takes back what the user granted, with the client's offline tokens and its part of every session. False where there was nothing.
   * @param issuer for logout tokens, where a client session does not know it
   */
  revoke(realm: Realm, user: User, client: Client, issuer: string): Promise<boolean>;
}

export interface ConsentParts {
  readonly state: Pick<State, 'directory' | 'userSessions'>;
  readonly consents: ConsentStore;
  readonly logouts: Pick<Logouts, 'endClient'>;
  readonly clock: Clock;
}

const ON_SCREEN = 'display.on.consent.screen';

export function createConsents({ state, consents, logouts, clock }: ConsentParts): Consents {
  return {
    async missing(realm, client, user, scope, question) {
      if (!client.consentRequired && question !== 'always') return [];
      const { scopes } = await planScope(state.directory, realm, client, scope);
      const asked = scopes.filter(({ attributes }) => attributes[ON_SCREEN] !== 'false');
      if (question !== 'missing' || asked.length === 0) return asked;
      const granted = new Set((await consents.get(user.id, client.id))?.scopeIds);
      return asked.filter(({ id }) => !granted.has(id));
    },

    async grant(user, client, scopes) {
      await consents.add(
        user.id,
        client.id,
        scopes.map(({ id }) => id),
        clock.nowMs(),
      );
    },

    ofUser: (user) => consents.ofUser(user.id),

    async revoke(realm, user, client, issuer) {
      const removed = await consents.remove(user.id, client.id);
      const offline = await logouts.endClient(realm, user, client, { issuer, offline: true });
      if (!removed && offline === 0) return false;
      // An offline token that goes leaves the sessions in the browser as they are.
      if (removed) await logouts.endClient(realm, user, client, { issuer });
      return true;
    },
  };
}
