import pg from 'pg';
import type { CertificateStore } from '../api.ts';

/** A certificate store in a table, as real members of different processes share it; for tests. */
export class DatabaseCertificateStore implements CertificateStore {
  readonly #pool: pg.Pool;

  constructor(connectionString: string) {
    this.#pool = new pg.Pool({ connectionString, max: 1 });
    // An idle connection whose server goes away: the next statement opens another.
    this.#pool.on('error', () => undefined);
  }

  async prepare(): Promise<void> {
    await this.#pool.query(
      'CREATE TABLE IF NOT EXISTS test_certificates (key text PRIMARY KEY, value text NOT NULL, version int NOT NULL)',
    );
  }

  async get(key: string): Promise<{ value: string; version: number } | undefined> {
    return (
      await this.#pool.query<{ value: string; version: number }>('SELECT value, version FROM test_certificates WHERE key = $1', [key])
    ).rows[0];
  }

  async insert(key: string, value: string): Promise<boolean> {
    const text = 'INSERT INTO test_certificates VALUES ($1, $2, 1) ON CONFLICT DO NOTHING';
    return (await this.#pool.query(text, [key, value])).rowCount === 1;
  }

  async replace(key: string, value: string, version: number): Promise<boolean> {
    const text = 'UPDATE test_certificates SET value = $2, version = version + 1 WHERE key = $1 AND version = $3';
    return (await this.#pool.query(text, [key, value, version])).rowCount === 1;
  }

  async remove(key: string, version: number): Promise<boolean> {
    return (await this.#pool.query('DELETE FROM test_certificates WHERE key = $1 AND version = $2', [key, version])).rowCount === 1;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
