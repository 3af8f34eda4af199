import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import { type FastifyInstance, fastify } from 'fastify';
import type { PasswordLogin, Passwords, PasswordVerdict } from '../authentication/contracts.ts';
import type { ServerContext } from '../context.ts';
import type { UserEvent } from '../events/events.ts';
import { ReplyError } from '../http/errors.ts';
import { createFrontendUrls } from '../http/frontend-urls.ts';
import type { User } from '../model/index.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Storage } from '../store/stores.ts';
import { createTokens } from '../token/tokens.ts';
import { ManualClock } from './manual-clock.ts';
import { type MemoryState, memoryState } from './memory-state.ts';

/** A whole `ServerContext` in memory; the state, the clock and the events that were emitted are at hand. */
export interface TestContext extends ServerContext {
  readonly state: MemoryState;
  readonly clock: ManualClock;
  readonly emitted: UserEvent[];
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

const noMetrics: Metrics = {
  enabled: false,
  counter: () => ({ add: () => undefined }),
  gauge: () => undefined,
  timer: () => ({ observe: () => undefined }),
  scrape: async () => '',
};

const noStorage = new Proxy({} as Storage, {
  get(_target, name) {
    throw new Error(`this test has no storage (${String(name)})`);
  },
});

export function testContext(overrides: Partial<ServerContext> = {}): TestContext {
  const clock = new ManualClock(1_800_000_000_000);
  const state = memoryState(clock);
  const emitted: UserEvent[] = [];
  const passwordsOf = new Map<string, string>();
  return {
    storage: noStorage,
    tokens: createTokens({ state, clock }),
    passwords: fakePasswords(passwordsOf),
    passwordLogin: fakePasswordLogin(state, passwordsOf),
    events: { emit: (event) => emitted.push(event) },
    logger: silent,
    metrics: noMetrics,
    ...overrides,
    state,
    clock,
    emitted,
    passwordsOf,
  };
}

/** A fastify with what the routes count on: form bodies, cookies, request context, and answers for thrown replies. */
export async function testApp(register: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = fastify();
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

function fakePasswords(passwordsOf: Map<string, string>): Passwords {
  return {
    async set(_realm, user, password) {
      passwordsOf.set(user.id, password);
    },
    violates: async () => undefined,
    verify: async (_realm, user, password) => passwordsOf.get(user.id) === password,
  };
}

function fakePasswordLogin(state: MemoryState, passwordsOf: Map<string, string>): PasswordLogin {
  return {
    async check(realm, usernameOrEmail, password) {
      const { directory } = state;
      const user = (await directory.userByUsername(realm, usernameOrEmail)) ?? (await directory.userByEmail(realm, usernameOrEmail));
      return passwordVerdict(user, user !== undefined && passwordsOf.get(user.id) === password);
    },
  };
}

function passwordVerdict(user: User | undefined, right: boolean): PasswordVerdict {
  if (!user) return { kind: 'invalid', user, event: 'user_not_found' };
  if (!right) return { kind: 'invalid', user, event: 'invalid_user_credentials' };
  if (!user.enabled) return { kind: 'disabled', user };
  if (user.requiredActions.length > 0) return { kind: 'action-required', user, actions: user.requiredActions };
  return { kind: 'ok', user };
}
