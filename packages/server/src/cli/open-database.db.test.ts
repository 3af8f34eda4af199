import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeEmbeddedPostgres } from '@keygrid/embedded-postgres';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import type { DatabaseTarget } from '../config/database-url.ts';
import { createLogger } from '../observability/create-logger.ts';
import { commands } from './commands/index.ts';
import { loadConfiguration } from './load-configuration.ts';
import { openDatabase } from './open-database.ts';
import { parseCommandLine } from './parse.ts';

const home = mkdtempSync(join(tmpdir(), 'keygrid-open-'));
const lines: string[] = [];
const logger = createLogger('test', {
  thresholds: { of: () => 7 },
  outputs: [{ encode: (record) => record.message, threshold: 7, write: (line) => void lines.push(line) }],
  nowMs: () => 0,
});
afterAll(() => {
  removeEmbeddedPostgres(join(home, 'data', 'postgresql'));
  rmSync(home, { recursive: true, force: true });
});

const configurationOf = (...argv: string[]) => loadConfiguration(parseCommandLine(argv, commands), { KC_HOME_DIR: home });

async function answers(target: DatabaseTarget): Promise<string> {
  const client = new pg.Client({ ...target.hosts[0], database: target.database, user: target.user, password: target.password });
  await client.connect();
  try {
    return (await client.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';
  } finally {
    await client.end();
  }
}

describe('the database of a command', () => {
  it('is an embedded one in development, shared by commands beside it, and ends with the command that began it', async () => {
    let target: DatabaseTarget;
    {
      await using database = await openDatabase(configurationOf('start-dev'), logger);
      target = database.target;
      expect(await answers(target)).toBe('keycloak');
      await using beside = await openDatabase(configurationOf('import', '--file=x'), logger);
      expect(beside.target.hosts).toEqual(target.hosts);
    }
    await expect(answers(target)).rejects.toThrow();
    expect(lines.join('\n')).not.toContain(target.password ?? 'no password');
  });

  it('is the one of the options otherwise', async () => {
    await using database = await openDatabase(configurationOf('start-dev', '--db-url=jdbc:postgresql://h/d', '--db-username=u'), logger);
    expect(database.target).toMatchObject({ hosts: [{ host: 'h', port: 5432 }], database: 'd', user: 'u' });
  });
});
