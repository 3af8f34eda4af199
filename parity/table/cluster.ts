import { setTimeout as sleep } from 'node:timers/promises';
import { admin, adminToken } from '../../bench/drivers/admin.ts';
import { type Answer, call } from '../../bench/drivers/http.ts';
import type { FreshDatabase } from '../../bench/servers/database.ts';
import type { ServerUnderTest } from '../../bench/servers/server.ts';
import { CheckError } from './check.ts';
import { type Sample, samplesOf } from './samples.ts';

/** What nodes are started with. */
export interface ClusterPlan {
  readonly nodes: number;
  /** Further arguments of node `index` (0-based). */
  arguments(index: number): readonly string[];
  /** Realms that are there before the first check, in the JSON form of an export. */
  readonly realms: readonly Readonly<Record<string, unknown>>[];
  /** Cache configuration given to every node by --cache-config-file. */
  readonly cacheConfig?: string;
}

const WITHIN_MS = 20_000;
const POLL_MS = 200;

/** Nodes that run, as the checks see them: addresses, logs, database, and the calls that most checks make. */
export class Cluster {
  readonly server: ServerUnderTest;
  readonly database: FreshDatabase;

  constructor(server: ServerUnderTest, database: FreshDatabase) {
    this.server = server;
    this.database = database;
  }

  base(index: number): string {
    return this.server.bases[index % this.server.bases.length] as string;
  }

  log(index: number): string {
    return this.server.log(index);
  }

  /** One call of Admin REST on node `index` as the first administrator; throws on a status outside 2xx. */
  async admin(index: number, method: string, path: string, json?: unknown): Promise<unknown> {
    return admin(this.base(index), await adminToken(this.base(index)), method, path, json);
  }

  /** The same, with whatever status it answers. */
  async adminAnswer(index: number, method: string, path: string, json?: unknown): Promise<Answer> {
    return call(`${this.base(index)}/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${await adminToken(this.base(index))}` },
      ...(json === undefined ? {} : { json }),
    });
  }

  management(index: number, path: string): Promise<Answer> {
    return call(`${this.server.managementBases[index]}${path}`);
  }

  /** The samples of one metric on node `index`. */
  async samples(index: number, metric: string): Promise<Sample[]> {
    return samplesOf((await this.management(index, '/metrics')).text).filter((sample) => sample.metric === metric);
  }

  /** The one sample with these labels; throws where there is none. */
  async sample(index: number, metric: string, labels: Readonly<Record<string, string>> = {}): Promise<Sample> {
    const fits = (await this.samples(index, metric)).filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    const [first] = fits;
    if (first === undefined) throw new CheckError(`no sample ${metric}${JSON.stringify(labels)}`);
    return first;
  }

  /** Asks again until it no longer throws; the last error when 20 s have passed. */
  async eventually(question: () => Promise<void>): Promise<void> {
    const until = performance.now() + WITHIN_MS;
    for (;;) {
      try {
        return await question();
      } catch (error) {
        if (performance.now() > until) throw error;
        await sleep(POLL_MS);
      }
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.database.drop();
  }
}
