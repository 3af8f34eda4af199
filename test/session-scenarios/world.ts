import { admin, adminToken } from '../../bench/drivers/admin.ts';
import { call } from '../../bench/drivers/http.ts';
import { benchWalk, LoginWalk } from '../../bench/drivers/login-walk.ts';
import { ExternalCaches } from '../../bench/servers/external-caches.ts';
import { benchRealm } from '../../bench/servers/server.ts';
import { startTestCluster, type TestCluster, until } from '../support/test-cluster.ts';
import type { Mode } from './modes.ts';

/** Users of the realm; each walk has its own. */
export const USERS = 60;
const REALM = 'scenarios';

/** Three real nodes in one mode, and which of them may be asked now. */
export class World implements AsyncDisposable {
  readonly mode: Mode;
  readonly cluster: TestCluster;
  readonly external: ExternalCaches | undefined;
  /** Indexes of the nodes that walks use. */
  usable: readonly number[] = [0, 1, 2];
  #turn = 0;

  private constructor(mode: Mode, cluster: TestCluster, external: ExternalCaches | undefined) {
    this.mode = mode;
    this.external = external;
    this.cluster = cluster;
  }

  static async open(mode: Mode): Promise<World> {
    const realm = {
      ...benchRealm(REALM, USERS),
      bruteForceProtected: true,
      failureFactor: 1_000,
      quickLoginCheckMilliSeconds: 0,
      // Longer than any scenario, on the busiest machine.
      accessCodeLifespan: 900,
    };
    const external = mode.external === undefined ? undefined : await ExternalCaches.startSafe(mode.external);
    try {
      const extraArguments = [...mode.arguments, ...(external?.arguments ?? [])];
      return new World(mode, await startTestCluster(3, { realms: [realm], extraArguments }), external);
    } catch (error) {
      await external?.stop();
      throw error;
    }
  }

  /** Another node each time. */
  next(): string {
    const index = this.usable[this.#turn % this.usable.length] as number;
    this.#turn += 1;
    return this.cluster.server.bases[index] as string;
  }

  /** All usable nodes. */
  get bases(): readonly string[] {
    return this.usable.map((index) => this.cluster.server.bases[index] as string);
  }

  walk(user: number, overrides: { readonly scope?: string; readonly password?: string } = {}): LoginWalk {
    return new LoginWalk({ ...benchWalk(REALM, user), ...overrides });
  }

  /** Failed logins of a user as one node counts them. */
  async failuresOf(user: number, base: string): Promise<number> {
    const token = await adminToken(base);
    const found = (await admin(base, token, 'GET', `/realms/${REALM}/users?username=user${user}&exact=true`)) as { id: string }[];
    const state = await admin(base, token, 'GET', `/realms/${REALM}/attack-detection/brute-force/users/${found[0]?.id}`);
    return (state as { numFailures: number }).numFailures;
  }

  /** Waits until every usable node is ready and sees all of them. */
  async settled(): Promise<void> {
    const { server } = this.cluster;
    await until(`${this.usable.length} nodes see each other`, async () => {
      for (const index of this.usable) {
        const base = server.managementBases[index] as string;
        const health = await call(`${base}/health/ready`).catch(() => undefined);
        if (health?.status !== 200) return false;
        const size = /^vendor_cluster_size\{[^}]*\} (\d+)/m.exec((await call(`${base}/metrics`)).text)?.[1];
        if (Number(size) !== this.usable.length) return false;
      }
      return true;
    });
  }

  /** The same, once the external servers see each other and every entry has all its copies. */
  async externalSettled(): Promise<void> {
    const { external } = this;
    if (external !== undefined) await until('the external servers are whole', () => external.isWhole(), 120_000);
    await this.settled();
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
    await this.external?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
