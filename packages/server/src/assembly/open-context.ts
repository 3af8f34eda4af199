import type { GridNode } from '@keygrid/grid';
import { createConsents } from '../authentication/consent/consents.ts';
import { createPasswordLogin } from '../authentication/password-login.ts';
import { createAuthorization } from '../authorization/authorization.ts';
import { createChanges } from '../cache/changes.ts';
import { type BusCounts, countedBus } from '../cache/counted-bus.ts';
import { createDirectory } from '../cache/directory.ts';
import { followInvalidations } from '../cache/outbox-reader.ts';
import type { Features } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import type { Events } from '../events/events.ts';
import { createLogouts } from '../logout/create-logouts.ts';
import { post } from '../logout/post.ts';
import { createMailer } from '../mail/mailer.ts';
import { systemClock } from '../model/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { clientEncryptionKeys } from '../outside-keys/client-encryption-key.ts';
import { createOutsideKeys, type OutsideKeysOptions } from '../outside-keys/outside-keys.ts';
import { generateRealmKey } from '../realm/realm-keys.ts';
import { clientAuthenticators } from '../security/client-authentication/authenticators.ts';
import { createClientAuthentication } from '../security/client-authentication/index.ts';
import { createHashQueue, DEFAULT_MAX_WAITING_HASHES, type HashQueue, hashConcurrency } from '../security/hash-queue.ts';
import { bruteForceRule } from '../security/login-steps.ts';
import { createPasswords } from '../security/passwords.ts';
import { createSecondFactors } from '../security/second-factor/second-factors.ts';
import type { StateSettings } from '../session/state-settings.ts';
import type { EnteredNode } from '../state/enter-state.ts';
import type { Membership } from '../state/membership.ts';
import { openBackend } from '../state/open-backend.ts';
import { openState } from '../state/open-state.ts';
import type { OpenStorage } from '../store/storage.ts';
import type { Themes } from '../theme/themes.ts';
import { createKeyProvision } from '../token/fallback-key.ts';
import { createTokens } from '../token/tokens.ts';
import { createCertificateLogin } from '../x509/certificate-login.ts';
import type { ConfiguredCertificates } from './configured-certificates.ts';
import { after, every } from './every.ts';
import { tellExpired } from './expired-sessions.ts';
import { type NodeCaches, openLocalCaches } from './local-caches.ts';
import type { OperationHistograms } from './operation-histograms.ts';
import { storedEvents } from './stored-events.ts';

export interface ContextParts {
  readonly grid: GridNode;
  readonly node: EnteredNode['node'];
  readonly storage: OpenStorage;
  readonly settings: StateSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly outbound: Outbound;
  readonly certificates: ConfiguredCertificates;
  readonly outsideKeys: Pick<OutsideKeysOptions, 'minTimeBetweenRequestsSeconds' | 'maxCacheTimeSeconds'>;
  readonly allowsClientInitiatedLinking: boolean;
  readonly exchangesProviderTokens: boolean;
  readonly themes: Themes;
  readonly features: Features;
  readonly histograms?: OperationHistograms | undefined;
  /** For the size of the thread pool. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The context with what the assembly needs beside it. */
export interface OpenContext extends AsyncDisposable {
  readonly context: ServerContext;
  readonly caches: NodeCaches;
  readonly membership: Membership;
  readonly invalidations: BusCounts;
  readonly hashQueue: HashQueue;
}

/** Everything between the database and the surface, from the ground up. */
export async function openContext(parts: ContextParts): Promise<OpenContext> {
  const { grid, storage, settings, logger, metrics } = parts;
  const clock = systemClock;
  const closing = new AsyncDisposableStack();
  const counted = parts.histograms?.hooks.counted;
  const caches = openLocalCaches(settings.caches.caches, clock, counted);
  for (const line of settings.caches.information) logger.of('org.keycloak.connections.infinispan').info(line);
  const backend = closing.use(
    await openBackend({
      grid,
      storage,
      clock,
      logger,
      metrics,
      settings,
      loginFailureRule: bruteForceRule,
      every,
      nodeId: parts.node.id,
      nodeName: parts.node.name,
    }),
  );
  const bus = countedBus(backend.bus, { nowMs: () => clock.nowMs(), observe: (tookMs) => counted?.('work', 'store', tookMs) });
  const directory = createDirectory({ stores: storage.stores, realms: caches.realms, users: caches.users });
  const changes = createChanges({ storage, caches, bus });
  const events = closing.use(
    storedEvents({ store: storage.stores.events, adminStore: storage.stores.adminEvents, directory, clock, logger }, parts.events),
  );
  closing.use(await followInvalidations({ outbox: storage.stores.outbox, caches, bus, logger, every }));
  const state = closing.use(
    openState({
      backend,
      stores: storage.stores,
      directory,
      changes,
      clock,
      logger,
      onExpired: tellExpired(events),
    }),
  );
  const queue = createHashQueue(hashConcurrency(parts.environment['UV_THREADPOOL_SIZE']), DEFAULT_MAX_WAITING_HASHES);
  metrics.gauge('keygrid_password_queue_length', {}, () => queue.waiting);
  const checks = metrics.counter('keycloak_credentials_password_hashing_validations_total');
  const passwords = createPasswords({ storage, queue, clock, checked: (check) => checks.add(1, { ...check }) });
  const services = logger.of('org.keycloak.services');
  const outsideKeys = createOutsideKeys({ cache: caches.keys, clock, logger: services, ...parts.outsideKeys });
  const tokens = createTokens({
    state,
    clock,
    provisionKey: createKeyProvision(changes, generateRealmKey),
    findClientKey: clientEncryptionKeys(outsideKeys, parts.outbound),
  });
  const logouts = closing.use(createLogouts({ state, tokens, clock, logger: services, metrics, post, after }));
  const certificates = createCertificateLogin({ ...parts.certificates, outbound: parts.outbound, cache: caches.crl, clock });
  const secondFactors = createSecondFactors({
    credentials: storage.stores.credentials,
    singleUse: state.singleUseObjects,
    clock,
    features: parts.features,
  });
  const context: ServerContext = {
    state,
    storage,
    tokens,
    clientAuthentication: createClientAuthentication(
      directory,
      clientAuthenticators({ singleUseObjects: state.singleUseObjects, clock, keys: outsideKeys, outbound: parts.outbound, certificates }),
    ),
    passwords,
    secondFactors,
    passwordLogin: createPasswordLogin({
      state,
      passwords,
      credentials: storage.stores.credentials,
      features: parts.features,
      events,
      logger: services,
    }),
    consents: createConsents({ state, consents: storage.stores.consents, logouts, clock }),
    authorization: createAuthorization({ state, storage, cache: caches.authorization }),
    logouts,
    mailer: createMailer(),
    events,
    outbound: parts.outbound,
    certificates,
    outsideKeys,
    allowsClientInitiatedLinking: parts.allowsClientInitiatedLinking,
    exchangesProviderTokens: parts.exchangesProviderTokens,
    themes: parts.themes,
    features: parts.features,
    clock,
    logger,
    metrics,
  };
  return {
    context,
    caches,
    membership: backend.membership,
    invalidations: bus.counts,
    hashQueue: queue,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
