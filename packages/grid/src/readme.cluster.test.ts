import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const base = process.env['KEYGRID_TEST_DB_URL'] ?? 'postgres://postgres:postgres@127.0.0.1:5432/postgres';
const database = `grid_readme_${process.pid}`;

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: base });
  await client.connect();
  await client.query(sql);
  await client.end();
}

describe('README.md', () => {
  let readme = '';
  let folder = '';

  beforeAll(async () => {
    await admin(`CREATE DATABASE ${database}`);
    readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    // Beside the sources, so that the package's own name is found.
    folder = await mkdtemp(fileURLToPath(new URL('./readme-', import.meta.url)));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await admin(`DROP DATABASE ${database} WITH (FORCE)`);
  });

  const program = async (number: number): Promise<string> => {
    const code = [...readme.matchAll(/```ts\n(.*?)```/gs)][number]?.[1];
    expect(code).toBeDefined();
    const path = `${folder}/program-${number}.ts`;
    await writeFile(path, code ?? '');
    return path;
  };

  it('has a tour that runs and prints what it says', async () => {
    const printed = /It prints `(.*)`/.exec(readme)?.[1];
    const { stdout } = await promisify(execFile)(process.execPath, [await program(0)], { timeout: 90_000 });
    expect(stdout.trim()).toBe(printed);
  });

  it('has a program for three processes that are a cluster and agree', async () => {
    const path = await program(1);
    const env = { ...process.env, DATABASE_URL: Object.assign(new URL(base), { pathname: `/${database}` }).toString() };
    const outputs = await Promise.all(
      ['n1', 'n2', 'n3'].map(async (name) => (await promisify(execFile)(process.execPath, [path, name], { env, timeout: 90_000 })).stdout),
    );
    expect(outputs[0]).toMatch(/^n[123] won\n$/);
    expect(new Set(outputs).size).toBe(1);
  });
});
