import type { FastifyInstance, InjectOptions } from 'fastify';
import { registerAdmin } from '../admin/index.ts';
import { createAuthorization } from '../authorization/authorization.ts';
import { createChanges } from '../cache/changes.ts';
import { createDirectory } from '../cache/directory.ts';
import { localBus } from '../cache/local-bus.ts';
import { LocalCache } from '../cache/local-cache.ts';
import type { Features } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import { createHttpServer } from '../http/http-server.ts';
import { ensureMasterRealm } from '../realm/bootstrap-admin.ts';
import { createRealm } from '../realm/import-realm.ts';
import { storageServices } from '../realm/operations.ts';
import { createTokens } from '../token/tokens.ts';
import { testContext } from './server-context.ts';
import { openTestStorage } from './test-database.ts';

const BASE = 'http://127.0.0.1:8080';

/** Admin REST over real stores, with tokens of any user at hand. */
export interface AdminServer extends AsyncDisposable {
  readonly context: ServerContext;
  readonly app: FastifyInstance;
  /** The cache `authorization`. */
  readonly cache: LocalCache;
  createRealm(representation: unknown): Promise<void>;
  /** An access token of the user, issued to `admin-cli`, or to another client of its realm. */
  token(realm: string, username: string, clientId?: string): Promise<string>;
  call(token: string | undefined, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<AdminAnswer>;
}

export interface AdminAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
  json<T = Record<string, unknown>>(): T;
}

/** `master` is there with its administrator `admin`; `also` registers what a test needs beside Admin REST, `features` are all where nothing is said. */
export async function startAdminServer(
  also?: (app: FastifyInstance, context: ServerContext) => void,
  features?: Features,
): Promise<AdminServer> {
  const test = await openTestStorage();
  const { storage } = test;
  const services = storageServices(storage);
  await ensureMasterRealm(services, [{ username: 'admin', password: 'admin' }]);
  const base = testContext(features === undefined ? {} : { features });
  const realms = new LocalCache({ name: 'realms', maxCount: 1_000, lifespanSeconds: undefined, clock: base.clock });
  const users = new LocalCache({ name: 'users', maxCount: 1_000, lifespanSeconds: undefined, clock: base.clock });
  const cache = new LocalCache({ name: 'authorization', maxCount: 1_000, lifespanSeconds: undefined, clock: base.clock });
  const caches = { byName: new Map([realms, users, cache].map((cache) => [cache.name, cache])) };
  const state = {
    ...base.state,
    directory: createDirectory({ stores: storage.stores, realms, users }),
    changes: createChanges({ storage, caches, bus: localBus }),
  };
  const authorization = createAuthorization({ state, storage, cache });
  const context: ServerContext = {
    ...base,
    storage,
    state,
    authorization,
    tokens: createTokens({ state, clock: base.clock }),
    clientAuthentication: base.clientAuthenticationOver(state.directory),
  };
  const app: FastifyInstance = await createHttpServer({
    frontend: { hostname: BASE, relativePath: '/' },
    logger: base.logger,
    metrics: base.metrics,
  });
  registerAdmin(app, context, {
    hashPassword: services.hashPassword,
    version: '1.2.3',
    startedAtMs: base.clock.nowMs(),
    features: () => [{ name: 'ADMIN_API', label: 'Admin REST', type: 'DEFAULT', enabled: true }],
    sessionInfo: { useCaches: true, expirationPeriodSeconds: 900, persistRevokedTokens: true },
    clusterInfo: () => ({
      product: 'Keygrid',
      version: '1.2.3',
      clusterSize: 3,
      caches: { work: 'HEALTHY', sessions: 'HEALTHY_REBALANCING' },
    }),
  });
  also?.(app, context);
  await app.ready();
  return {
    context,
    app,
    cache,
    async createRealm(representation) {
      await createRealm({ ...services, changes: state.changes }, representation);
    },
    async token(realmName, username, clientId = 'admin-cli') {
      const realm = await state.directory.realmByName(realmName);
      const user = realm && (await state.directory.userByUsername(realm, username));
      const client = realm && (await state.directory.clientByClientId(realm, clientId));
      if (!realm || !user || !client) throw new Error(`no ${username} or no ${clientId} in ${realmName}`);
      const issued = await context.tokens.issue({
        realm,
        client,
        user,
        session: undefined,
        clientSession: undefined,
        scope: 'openid',
        issuer: `${BASE}/realms/${realmName}`,
        grant: 'client_credentials',
        refreshToken: false,
      });
      return issued.access_token;
    },
    async call(token, method, path, body) {
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const options: InjectOptions = {
        method,
        url: `/admin${path}`,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(text === undefined ? {} : { payload: text }),
      };
      const answer = await app.inject(options);
      const location = answer.headers.location;
      return {
        status: answer.statusCode,
        location: typeof location === 'string' ? location : undefined,
        text: answer.body,
        json: <T>() => JSON.parse(answer.body) as T,
      };
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await test[Symbol.asyncDispose]();
    },
  };
}
