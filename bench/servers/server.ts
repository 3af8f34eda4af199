import { benchUser } from '../drivers/login-walk.ts';
import { storedPassword } from './stored-password.ts';

/** A server under test: one or several nodes on one PostgreSQL, the same life for every product. */
export interface ServerUnderTest {
  readonly name: string;
  /** Of the product. */
  readonly version: string;
  /** Base URLs of the nodes that were started, node 1 first. */
  readonly bases: readonly string[];
  /** Management base URLs, in the same order. */
  readonly managementBases: readonly string[];
  /** Process ids, in the same order. */
  pids(): readonly number[];
  /** Starts node `index` (0-based); resolves when it is ready, with the milliseconds that took. */
  startNode(index: number): Promise<number>;
  /** Adds a realm, given in the JSON form of a realm export. Node 0 runs; it may be started again for this. */
  createRealm(realm: Readonly<Record<string, unknown>>): Promise<void>;
  /** Statements sent to the database so far, where the server counts them. */
  sqlStatements?(): Promise<number>;
  /** SIGKILL, SIGTERM, SIGSTOP or SIGCONT to a node. */
  signal(index: number, signal: NodeJS.Signals): void;
  /** Stops a node in order, so that it can be started again. */
  stopNode?(index: number): Promise<void>;
  /** What node `index` has logged so far. */
  log(index: number): string;
  /** Operations that the server has; absent = all. */
  readonly operations?: readonly string[];
  /** How its sessions come about; absent = by a login through its pages. */
  readonly sessionsBy?: 'password grant';
  /** Stops everything. */
  stop(): Promise<void>;
}

/** The realm, clients and users that measurements and scenarios need, in the JSON form of a realm export. */
export function benchRealm(name: string, users: number, clients = 2): Record<string, unknown> {
  return {
    realm: name,
    enabled: true,
    sslRequired: 'none',
    // Longer than a run: no operation may meet an expired token.
    accessTokenLifespan: 3_600,
    clients: [
      {
        clientId: 'app',
        enabled: true,
        publicClient: false,
        clientAuthenticatorType: 'client-secret',
        secret: 'app-secret',
        standardFlowEnabled: true,
        directAccessGrantsEnabled: true,
        serviceAccountsEnabled: true,
        redirectUris: ['http://localhost/callback'],
        webOrigins: ['http://localhost'],
        attributes: { 'post.logout.redirect.uris': '+' },
        protocolMappers: [
          {
            name: 'own audience',
            protocol: 'openid-connect',
            protocolMapper: 'oidc-audience-mapper',
            config: { 'included.client.audience': 'app', 'access.token.claim': 'true', 'introspection.token.claim': 'true' },
          },
        ],
      },
      {
        clientId: 'es256-app',
        enabled: true,
        publicClient: false,
        clientAuthenticatorType: 'client-secret',
        secret: 'app-secret',
        standardFlowEnabled: false,
        serviceAccountsEnabled: true,
        attributes: { 'access.token.signed.response.alg': 'ES256' },
      },
      ...Array.from({ length: Math.max(0, clients - 2) }, (_, index) => ({
        clientId: `further-app-${index}`,
        enabled: true,
        publicClient: true,
        standardFlowEnabled: true,
        redirectUris: ['http://localhost/further'],
      })),
      {
        clientId: 'second-app',
        enabled: true,
        publicClient: true,
        standardFlowEnabled: true,
        redirectUris: ['http://localhost/second'],
        webOrigins: ['+'],
      },
    ],
    users: Array.from({ length: users }, (_, index) => {
      const { username, password } = benchUser(index);
      return {
        username,
        enabled: true,
        email: `${username}@example.org`,
        emailVerified: true,
        firstName: 'User',
        lastName: String(index),
        credentials: [storedPassword(password)],
        realmRoles: [`default-roles-${name}`],
      };
    }),
  };
}
