import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify';
import { createConsents } from '../authentication/consent/consents.ts';
import type { PasswordLogin, Passwords, PasswordVerdict } from '../authentication/contracts.ts';
import type { Authorization } from '../authorization/authorization.ts';
import type { Directory } from '../cache/contracts.ts';
import { LocalCache } from '../cache/local-cache.ts';
import { featuresOf } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import type { UserEvent } from '../events/events.ts';
import { noClientCertificates } from '../http/client-certificate/client-certificates.ts';
import { ReplyError } from '../http/errors.ts';
import { createFrontendUrls } from '../http/frontend-urls.ts';
import type { OutboundCall, Post } from '../logout/call-queue.ts';
import { createLogouts } from '../logout/create-logouts.ts';
import { createMailer } from '../mail/mailer.ts';
import type { User } from '../model/index.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createOutbound } from '../outbound/create-outbound.ts';
import type { OutboundRules } from '../outbound/outbound.ts';
import { clientEncryptionKeys } from '../outside-keys/client-encryption-key.ts';
import { createOutsideKeys } from '../outside-keys/outside-keys.ts';
import { clientAuthenticators } from '../security/client-authentication/authenticators.ts';
import { type ClientAuthentication, createClientAuthentication } from '../security/client-authentication/index.ts';
import { createSecondFactors } from '../security/second-factor/second-factors.ts';
import type { Storage } from '../store/stores.ts';
import { createThemes } from '../theme/themes.ts';
import { createTokens } from '../token/tokens.ts';
import { createCertificateLogin } from '../x509/certificate-login.ts';
import { ManualClock } from './manual-clock.ts';
import { memoryConsents } from './memory-consents.ts';
import { type MemoryCredentials, memoryCredentials } from './memory-credentials.ts';
import { type MemoryState, memoryState } from './memory-state.ts';

/** A whole `ServerContext` in memory; the state, the clock and the events that were emitted are at hand. */
export interface TestContext extends ServerContext {
  readonly state: MemoryState;
  readonly clock: ManualClock;
  readonly emitted: UserEvent[];
  readonly keysCache: LocalCache;
  /** Client authentication over another directory than that in memory. */
  readonly clientAuthenticationOver: (directory: Directory) => ClientAuthentication;
  /** Calls to applications, which all take them. */
  readonly calls: OutboundCall[];
  readonly credentials: MemoryCredentials;
  /** User id -> password, for the password grant. */
  readonly passwordsOf: Map<string, string>;
}

const silent: Logger = {
  category: 'test',
  isEnabled: () => false,
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
  of: () => silent,
};

const outboundRules: OutboundRules = {
  connectTimeoutMs: 5_000,
  timeoutMs: 10_000,
  maxBytes: 10_000_000,
  followRedirects: false,
  allowedHosts: [],
  privateRedirectHosts: [],
  maxRunning: 64,
};

/** They never change: one copy is enough for all tests of a file. */
const themes = createThemes();

const noMetrics: Metrics = {
  enabled: false,
  counter: () => ({ add: () => undefined }),
  gauge: () => undefined,
  timer: () => ({ observe: () => undefined }),
  summary: () => undefined,
  collect: () => undefined,
  scrape: async () => '',
};

const noStorage = new Proxy({} as Storage, {
  get(_target, name) {
    throw new Error(`this test has no storage (${String(name)})`);
  },
});

const noAuthorization = new Proxy({} as Authorization, {
  get(_target, name) {
    throw new Error(`this test has no authorization services (${String(name)})`);
  },
});

export function testContext(overrides: Partial<ServerContext> = {}): TestContext {
  const clock = new ManualClock(1_800_000_000_000);
  const state = memoryState(clock);
  const emitted: UserEvent[] = [];
  const passwordsOf = new Map<string, string>();
  const calls: OutboundCall[] = [];
  const credentials = memoryCredentials();
  const outbound = createOutbound(outboundRules, lookup as LookupFunction);
  const cache = new LocalCache({ name: 'keys', maxCount: 1_000, maxIdleSeconds: 3_600, clock });
  const keys = createOutsideKeys({ cache, clock, logger: silent, minTimeBetweenRequestsSeconds: 10, maxCacheTimeSeconds: 86_400 });
  const tokens = createTokens({ state, clock, findClientKey: clientEncryptionKeys(keys, outbound) });
  const logouts = createLogouts({ state, tokens, clock, logger: silent, metrics: noMetrics, post: takes(calls), after: later });
  const certificates = createCertificateLogin({
    cache: new LocalCache({ name: 'crl', maxCount: 1_000, clock }),
    clock,
    outbound,
    configurationDirectory: '/',
    cacheSeconds: -1,
    minSecondsBetweenRequests: 10,
    certificates: noClientCertificates,
    authorities: [],
  });
  const proving = { singleUseObjects: state.singleUseObjects, clock, keys, outbound, certificates };
  const clientAuthenticationOver = (directory: Directory) => createClientAuthentication(directory, clientAuthenticators(proving));
  return {
    keysCache: cache,
    clientAuthenticationOver,
    storage: noStorage,
    tokens,
    clientAuthentication: clientAuthenticationOver(state.directory),
    logouts,
    mailer: createMailer(),
    authorization: noAuthorization,
    consents: createConsents({ state, consents: memoryConsents(), logouts, clock }),
    passwords: fakePasswords(passwordsOf),
    passwordLogin: fakePasswordLogin(state, passwordsOf),
    secondFactors: createSecondFactors({
      credentials,
      singleUse: state.singleUseObjects,
      clock,
      features: overrides.features ?? featuresOf(),
    }),
    events: { emit: (event) => emitted.push(event) },
    outbound,
    certificates,
    outsideKeys: keys,
    allowsClientInitiatedLinking: false,
    exchangesProviderTokens: false,
    themes,
    features: featuresOf(),
    logger: silent,
    metrics: noMetrics,
    ...overrides,
    state,
    clock,
    emitted,
    calls,
    credentials,
    passwordsOf,
  };
}

function takes(calls: OutboundCall[]): Post {
  return async (call) => {
    calls.push(call);
    return 200;
  };
}

function later(delayMs: number, run: () => void): Disposable {
  const timer = setTimeout(run, delayMs);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** A fastify with what the routes count on: form bodies, cookies, request context, and answers for thrown replies. */
export async function testApp(register: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = fastify({ childLoggerFactory: () => answersOnce });
  app.decorate('frontendUrls', createFrontendUrls({ relativePath: '/' }));
  app.decorateRequest('keygridContext', null);
  await app.register(fastifyCookie);
  await app.register(fastifyFormbody);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof ReplyError) return reply.code(error.statusCode).headers(error.headers).send(error.body);
    return reply.code(error.statusCode ?? 500).send({ error: 'unknown_error', error_description: error.message });
  });
  register(app);
  await app.ready();
  return app;
}

const ignored = (): void => undefined;

/**
 * Fastify drops a second answer to one request and merely warns; here it ends the test run. The usual cause is that a reply can be awaited and is
 * `undefined` then, so that code which looks whether a function has answered goes on as if it had not.
 */
const answersOnce: FastifyBaseLogger = {
  level: 'warn',
  silent: ignored,
  fatal: ignored,
  error: ignored,
  info: ignored,
  debug: ignored,
  trace: ignored,
  child: () => answersOnce,
  warn: (entry: unknown) => {
    const { err } = entry as { readonly err?: Error & { readonly code?: string } };
    if (err?.code !== 'FST_ERR_REP_ALREADY_SENT') return;
    queueMicrotask(() => {
      throw err;
    });
  },
};

function fakePasswords(passwordsOf: Map<string, string>): Passwords {
  return {
    async set(_realm, user, password) {
      passwordsOf.set(user.id, password);
    },
    violates: async () => undefined,
    async verify(_realm, user, password, credentials) {
      // The real one looks at the rows, too: tests count how often they are read.
      await credentials?.();
      return passwordsOf.get(user.id) === password;
    },
  };
}

function fakePasswordLogin(state: MemoryState, passwordsOf: Map<string, string>): PasswordLogin {
  return {
    async check(realm, usernameOrEmail, password) {
      const { directory } = state;
      const user = (await directory.userByUsername(realm, usernameOrEmail)) ?? (await directory.userByEmail(realm, usernameOrEmail));
      return passwordVerdict(user, user !== undefined && passwordsOf.get(user.id) === password);
    },
    checkCode: async (_realm, _user, _ipAddress, verify) => ((await verify()) ? 'right' : 'wrong'),
  };
}

function passwordVerdict(user: User | undefined, right: boolean): PasswordVerdict {
  if (!user) return { kind: 'invalid', user, event: 'user_not_found' };
  if (!right) return { kind: 'invalid', user, event: 'invalid_user_credentials' };
  if (!user.enabled) return { kind: 'disabled', user };
  if (user.requiredActions.length > 0) return { kind: 'action-required', user, actions: user.requiredActions };
  return { kind: 'ok', user };
}
