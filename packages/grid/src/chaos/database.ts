import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { copyAsStandby, type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '@keygrid/embedded-postgres';
import pg from 'pg';
import { DatabaseCertificateStore } from '../testing/database-store.ts';
import { Link } from './link.ts';

const databaseName = 'chaos';
const deathMs = 10_000;

async function statement(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, statement_timeout: 30_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** A real PostgreSQL with a streaming standby, each member behind a proxy of its own, so that all that happens to a database can happen. */
export class ChaosDatabase {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keygrid-chaos-'));
  readonly #links = new Map<string, Link>();
  #generation = 0;
  #primary: EmbeddedPostgres | undefined;
  #standby: EmbeddedPostgres | undefined;
  #standbyLink: Link | undefined;

  /** A proxy for each of these names. */
  static async start(names: readonly string[]): Promise<ChaosDatabase> {
    const database = new ChaosDatabase();
    const primary = await database.#startServer(0);
    database.#primary = primary;
    const url = await primary.createDatabase(databaseName);
    const store = new DatabaseCertificateStore(url);
    await store.prepare();
    await store.close();
    for (const name of names) database.#links.set(name, await Link.to(primary.port));
    await database.#follow();
    return database;
  }

  /** The database as the member `name` reaches it. */
  url(name: string): string {
    return this.#urlAt(this.link(name).port);
  }

  link(name: string): Link {
    const link = this.#links.get(name);
    if (link === undefined) throw new Error(`no way to the database for ${name}`);
    return link;
  }

  get links(): readonly Link[] {
    return [...this.#links.values()];
  }

  heal(keep: boolean): void {
    for (const link of this.links) link.heal(keep);
  }

  /** The server dies at once and comes back on the same data. */
  async restart(): Promise<void> {
    const { pid } = this.#running();
    process.kill(pid, 'SIGQUIT');
    await gone(pid);
    this.#primary = await this.#startServer(this.#generation);
    this.#standbyLink?.retarget(this.#primary.port);
    this.#standbyLink?.reset();
    this.#lead(this.#primary.port);
  }

  /**
   * The server dies and its standby takes over on a new timeline. `forgetMs` > 0: the standby was cut off for so long before, and commits were
   * answered without it, as asynchronous replication does; the last of them are forgotten.
   */
  async failOver(forgetMs: number): Promise<void> {
    const [primary, standby, link] = [this.#running(), this.#standby, this.#standbyLink];
    if (standby === undefined || link === undefined) throw new Error('no standby to fail over to');
    if (forgetMs > 0) {
      await this.#synchronous(primary, false);
      link.backward.stalled = true;
      link.changed();
      await delay(forgetMs);
    }
    process.kill(primary.pid, 'SIGQUIT');
    await gone(primary.pid);
    await link.close();
    await statement(standby.url, "ALTER SYSTEM SET synchronous_standby_names = ''");
    await statement(standby.url, 'SELECT pg_promote(true, 20)');
    this.#primary = standby;
    this.#generation += 1;
    this.#lead(standby.port);
  }

  /** A new standby behind whoever leads now; commits wait for it from then on. */
  async mend(): Promise<void> {
    removeEmbeddedPostgres(this.#dataDir(this.#generation - 1));
    await this.#follow();
  }

  async close(): Promise<void> {
    for (const link of this.links) await link.close();
    await this.#standbyLink?.close();
    await this.#standby?.stop();
    await this.#primary?.stop();
    for (const generation of [this.#generation - 1, this.#generation, this.#generation + 1])
      if (generation >= 0) removeEmbeddedPostgres(this.#dataDir(generation));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #running(): EmbeddedPostgres {
    if (this.#primary === undefined) throw new Error('the database is not started');
    return this.#primary;
  }

  #urlAt(port: number): string {
    const url = new URL(this.#running().url);
    url.port = String(port);
    url.pathname = `/${databaseName}`;
    return url.toString();
  }

  #dataDir(generation: number): string {
    return join(this.#folder, `server-${generation}`);
  }

  #startServer(generation: number): Promise<EmbeddedPostgres> {
    return startEmbeddedPostgres({ dataDir: this.#dataDir(generation), log: () => {} });
  }

  #lead(port: number): void {
    for (const link of this.links) {
      link.retarget(port);
      link.reset();
    }
  }

  async #follow(): Promise<void> {
    const primary = this.#running();
    this.#standbyLink = await Link.to(primary.port);
    await copyAsStandby({
      primaryUrl: primary.url,
      followPort: this.#standbyLink.port,
      dataDir: this.#dataDir(this.#generation + 1),
      log: () => {},
    });
    this.#standby = await this.#startServer(this.#generation + 1);
    await this.#synchronous(primary, true);
  }

  async #synchronous(primary: EmbeddedPostgres, wanted: boolean): Promise<void> {
    await statement(primary.url, `ALTER SYSTEM SET synchronous_standby_names = '${wanted ? '*' : ''}'`);
    await statement(primary.url, 'SELECT pg_reload_conf()');
  }
}

async function gone(pid: number): Promise<void> {
  for (const endsAt = performance.now() + deathMs; performance.now() < endsAt; await delay(20)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
  }
  throw new Error(`the database process ${pid} does not end`);
}
