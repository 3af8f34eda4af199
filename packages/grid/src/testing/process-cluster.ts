import pg from 'pg';
import { DatabaseCertificateStore } from './database-store.ts';
import { MemberProcess } from './member-process.ts';

const base = process.env['KEYGRID_TEST_DB_URL'] ?? 'postgres://postgres:postgres@127.0.0.1:5432/postgres';

const pollMs = 50;
/** Patience, not an expectation: a busy machine takes its time. */
const settleMs = 60_000;

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: base });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** Members in processes of their own on a database of their own; for tests. */
export class ProcessCluster {
  readonly databaseUrl: string;
  /** For members that begin from now on. */
  rotationIntervalMs: number | undefined;
  /** For members that begin from now on. */
  protocolVersion: number | undefined;
  /** For members that begin from now on. */
  leaseMs: number | undefined;
  /** Those that are meant to live, by name. */
  readonly members = new Map<string, MemberProcess>();
  readonly #database: string;
  readonly #all: MemberProcess[] = [];

  private constructor(database: string) {
    this.#database = database;
    this.databaseUrl = Object.assign(new URL(base), { pathname: `/${database}` }).toString();
  }

  static async create(name: string): Promise<ProcessCluster> {
    const cluster = new ProcessCluster(`grid_${name}_${process.pid}`);
    await admin(`CREATE DATABASE ${cluster.#database}`);
    const store = new DatabaseCertificateStore(cluster.databaseUrl);
    await store.prepare();
    await store.close();
    return cluster;
  }

  /** `databaseUrl`: another way to the same database. */
  async begin(name: string, databaseUrl: string = this.databaseUrl): Promise<void> {
    const member = new MemberProcess(name, databaseUrl, this);
    this.members.set(name, member);
    this.#all.push(member);
    await member.started;
  }

  member(name: string): MemberProcess {
    const found = this.members.get(name);
    if (found === undefined) throw new Error(`no member ${name}`);
    return found;
  }

  async kill(name: string): Promise<void> {
    const member = this.member(name);
    this.members.delete(name);
    member.signal('SIGKILL');
    await member.exited;
  }

  async coordinator(): Promise<string> {
    const [first] = this.members.values();
    return (await first?.state())?.coordinator ?? '';
  }

  /** Polls until all living members agree on a stable view of exactly themselves. */
  async settle(timeoutMs = settleMs): Promise<void> {
    const names = [...this.members.keys()].sort();
    const endsAt = performance.now() + timeoutMs;
    for (;;) {
      const states = await Promise.all(names.map((name) => this.member(name).state()));
      const settled = states.every(
        ({ epoch, phase, ready, members }) =>
          epoch === states[0]?.epoch && phase === 'STABLE' && ready && [...members].sort().join() === names.join(),
      );
      if (settled) return;
      if (performance.now() >= endsAt) throw new Error(`not settled within ${timeoutMs} ms: ${JSON.stringify(states)}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async remove(): Promise<void> {
    for (const each of this.#all) each.signal('SIGKILL');
    await Promise.all(this.#all.map((each) => each.exited));
    await admin(`DROP DATABASE ${this.#database} WITH (FORCE)`);
  }
}
