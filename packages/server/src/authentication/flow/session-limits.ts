import type { State } from '../../cache/contracts.ts';
import type { Logouts } from '../../logout/contracts.ts';
import type { Client, Realm, User, UserSession } from '../../model/index.ts';
import { limitBehaviors } from './providers.ts';
import type { StepVerdict } from './run-flow.ts';

export interface SessionLimitsParts {
  readonly state: Pick<State, 'userSessions'>;
  readonly logouts: Pick<Logouts, 'endSessions'>;
}

export interface SessionLimitsRequest {
  readonly realm: Realm;
  readonly client: Client;
  readonly user: User;
  readonly issuer: string;
  /** The session that this login goes on with: it is not one more. */
  readonly currentSessionId?: string | undefined;
  readonly config: Readonly<Record<string, string>>;
  /** Told of each session that had to make room. */
  readonly ended?: ((session: UserSession) => void) | undefined;
}

/**
 * Keycloak's `user-session-limits`: one session more than the realm or the client allows is refused, or ends the one that was used
 * longest ago. The realm's limit comes first.
 */
export async function limitSessions(
  parts: SessionLimitsParts,
  { realm, client, user, issuer, currentSessionId, config, ended }: SessionLimitsRequest,
): Promise<StepVerdict> {
  const all = await parts.state.userSessions.ofUser(realm, user.id, false);
  const others = all.filter(({ session }) => session.id !== currentSessionId);
  const ofClient = others.filter(({ clients }) => clients.some(({ clientId }) => clientId === client.id));
  for (const [limit, sessions] of [
    [limitOf(config['userRealmLimit']), others],
    [limitOf(config['userClientLimit']), ofClient],
  ] as const) {
    const surplus = sessions.length - limit + 1;
    if (limit <= 0 || surplus <= 0) continue;
    if (config['behavior'] !== limitBehaviors.terminate) {
      return { kind: 'denied', message: config['errorMessage'] || 'sessionLimitExceeded', error: 'generic_authentication_error' };
    }
    const oldest = sessions.toSorted((one, other) => one.session.lastSessionRefresh - other.session.lastSessionRefresh).slice(0, surplus);
    await parts.logouts.endSessions(
      realm,
      oldest.map(({ session }) => session.id),
      { issuer },
    );
    for (const { session } of oldest) ended?.(session);
    return { kind: 'success' };
  }
  return { kind: 'success' };
}

/** What is no number limits nothing, as zero does. */
function limitOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
