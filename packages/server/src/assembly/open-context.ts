import type { GridNode } from '@keygrid/grid';
import { createPasswordLogin } from '../authentication/password-login.ts';
import { createChanges } from '../cache/changes.ts';
import { createDirectory } from '../cache/directory.ts';
import { createInvalidationBus } from '../cache/invalidation-bus.ts';
import { followInvalidations } from '../cache/outbox-reader.ts';
import type { ServerContext } from '../context.ts';
import type { Events } from '../events/events.ts';
import { systemClock } from '../model/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { generateRealmKey } from '../realm/realm-keys.ts';
import { bruteForceRule } from '../security/brute-force-rules.ts';
import { createHashQueue, DEFAULT_MAX_WAITING_HASHES, type HashQueue, hashConcurrency } from '../security/hash-queue.ts';
import { createPasswords } from '../security/passwords.ts';
import { createState } from '../session/create-state.ts';
import type { StateSettings } from '../session/state-settings.ts';
import type { Storage } from '../store/stores.ts';
import { createKeyProvision } from '../token/fallback-key.ts';
import { createTokens } from '../token/tokens.ts';
import { every } from './every.ts';
import { type NodeCaches, openLocalCaches } from './local-caches.ts';

export interface ContextParts {
  readonly grid: GridNode;
  readonly storage: Storage;
  readonly settings: StateSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: Events;
  /** For the size of the thread pool. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The context with what the assembly needs beside it. */
export interface OpenContext extends Disposable {
  readonly context: ServerContext;
  readonly caches: NodeCaches;
  readonly hashQueue: HashQueue;
}

/** Everything between the database and the surface, from the ground up. */
export async function openContext(parts: ContextParts): Promise<OpenContext> {
  const { grid, storage, settings, logger, metrics, events } = parts;
  const clock = systemClock;
  const closing = new DisposableStack();
  const caches = openLocalCaches(settings.caches.caches, clock);
  const bus = createInvalidationBus(grid, logger.of('org.keycloak.cluster.infinispan'));
  const directory = createDirectory({ stores: storage.stores, realms: caches.realms, users: caches.users });
  const changes = createChanges({ storage, caches, bus });
  closing.use(await followInvalidations({ outbox: storage.stores.outbox, caches, bus, logger, every }));
  const state = closing.use(
    await createState({
      grid,
      storage,
      directory,
      changes,
      clock,
      logger,
      settings,
      loginFailureRule: bruteForceRule,
      onExpired: (realm, session) =>
        events.emit({
          type: 'USER_SESSION_DELETED',
          realmId: realm.id,
          realmName: realm.realm,
          userId: session.userId,
          sessionId: session.id,
          details: { reason: 'expired' },
        }),
    }),
  );
  const queue = createHashQueue(hashConcurrency(parts.environment['UV_THREADPOOL_SIZE']), DEFAULT_MAX_WAITING_HASHES);
  metrics.gauge('keygrid_password_queue_length', {}, () => queue.waiting);
  const passwords = createPasswords({ storage, queue, clock });
  const context: ServerContext = {
    state,
    storage,
    tokens: createTokens({ state, clock, provisionKey: createKeyProvision(changes, generateRealmKey) }),
    passwords,
    passwordLogin: createPasswordLogin({ state, passwords, clock, logger: logger.of('org.keycloak.services') }),
    events,
    clock,
    logger,
    metrics,
  };
  return { context, caches, hashQueue: queue, [Symbol.dispose]: () => closing.dispose() };
}
