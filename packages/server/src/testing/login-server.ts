import type { FastifyInstance } from 'fastify';
import { createPasswordLogin } from '../authentication/password-login.ts';
import type { Changes } from '../cache/contracts.ts';
import type { Features } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import { ServerError } from '../http/errors.ts';
import { refuseSwitchedOff } from '../http/switched-off-routes.ts';
import type { Client, Realm, User } from '../model/index.ts';
import { registerBrowserSide } from '../oidc/browser-side.ts';
import { registerTokenSide } from '../oidc/token-side.ts';
import type { Stores } from '../store/stores.ts';
import { clientFixture, realmFixture, realmKeyFixture, userFixture } from './fixtures.ts';
import { type TestContext, testApp, testContext } from './server-context.ts';
import { TestBrowser } from './test-browser.ts';

/** A server with the whole of OpenID Connect over memory: realm `test`, clients `app` and `other`, user alice / secret. */
export interface LoginServer {
  readonly app: FastifyInstance;
  readonly context: TestContext;
  readonly realm: Realm;
  readonly client: Client;
  readonly other: Client;
  readonly user: User;
  browser(): TestBrowser;
  /** Address of an authorization request of `app`, with some parameters changed or (undefined) left out. */
  authUrl(parameters?: Readonly<Record<string, string | undefined>>): string;
  /** Opens the login page and signs in. */
  login(browser: TestBrowser, parameters?: Readonly<Record<string, string | undefined>>): ReturnType<TestBrowser['get']>;
}

export const REDIRECT = 'https://app.example/cb';
export const OTHER_REDIRECT = 'https://other.example/cb';

/** Writes users straight into the directory's arrays. */
function changesOn(base: TestContext): Changes {
  const { users } = base.state.data;
  const stores = {
    users: {
      byId: async (_realmId: string, id: string) => users.find((user) => user.id === id),
      update: async (next: User) => {
        users[users.findIndex((user) => user.id === next.id)] = next;
        return next;
      },
      insert: async (user: User) => {
        if (users.some(({ username }) => username === user.username)) throw new ServerError('KG_STORE_DUPLICATE', 'taken');
        users.push(user);
      },
      remove: async (_realmId: string, id: string) => {
        users.splice(
          users.findIndex((user) => user.id === id),
          1,
        );
        return true;
      },
      addRoles: async () => undefined,
    },
  } as unknown as Stores;
  return { write: (work) => work(stores, () => undefined), clear: async () => undefined };
}

export async function loginServer(
  overrides: {
    readonly realm?: Partial<Realm>;
    readonly client?: Partial<Client>;
    readonly user?: Partial<User>;
    readonly features?: Features;
  } = {},
): Promise<LoginServer> {
  const base = testContext(overrides.features === undefined ? {} : { features: overrides.features });
  const state = { ...base.state, changes: changesOn(base) };
  const passwords = { ...base.passwords, pretend: async () => undefined };
  const passwordLogin = createPasswordLogin({
    state,
    passwords,
    credentials: base.credentials,
    features: base.features,
    events: base.events,
    logger: base.logger,
  });
  const context: TestContext = { ...base, state, passwords, passwordLogin } satisfies ServerContext & TestContext;
  const realm = realmFixture(overrides.realm);
  const client = clientFixture(realm, { publicClient: true, ...overrides.client });
  const other = clientFixture(realm, {
    clientId: 'other',
    publicClient: true,
    implicitFlowEnabled: true,
    redirectUris: ['https://other.example/*'],
  });
  const user = userFixture(realm, overrides.user);
  const { data } = base.state;
  data.realms.push(realm);
  data.clients.push(client, other);
  data.users.push(user);
  data.keys.set(realm.id, [realmKeyFixture('RS256'), realmKeyFixture('HS512')]);
  base.passwordsOf.set(user.id, 'secret');
  const app = await testApp((instance) => {
    refuseSwitchedOff(instance, context.features);
    registerBrowserSide(instance, context);
    registerTokenSide(instance, context);
  });
  const authUrl: LoginServer['authUrl'] = (parameters = {}) => {
    const all = { client_id: 'app', redirect_uri: REDIRECT, response_type: 'code', scope: 'openid', state: 'st', ...parameters };
    const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return `/realms/test/protocol/openid-connect/auth?${new URLSearchParams(present).toString()}`;
  };
  return {
    app,
    context,
    realm,
    client,
    other,
    user,
    authUrl,
    browser: () => new TestBrowser(app),
    async login(browser, parameters) {
      return browser.submit(await browser.get(authUrl(parameters)), { username: 'alice', password: 'secret' });
    },
  };
}
