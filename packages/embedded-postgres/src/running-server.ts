import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type DataFolder, superuser } from './data-folder.ts';

/** What postmaster.pid says of the server of a data folder. */
export interface PidFile {
  readonly path: string;
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping`, … */
  readonly status: string;
}

export function readPidFile(folder: DataFolder): PidFile | undefined {
  const path = join(folder.cluster, 'postmaster.pid');
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { path, pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

/** The server removes its pid file as it ends: asking first and reading then would fail now and again. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a process of that id exists, also one of another account. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Connection URL with the password; not for logs. */
export function urlOf(folder: DataFolder, port: number, database: string): string {
  const password = encodeURIComponent(readFileSync(folder.password, 'utf8').trim());
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;
}

/** Runs one statement on a connection of its own. */
export async function runStatement(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, statement_timeout: 30_000 });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

/** Whether the server on `port` is the one of this folder, and takes connections. */
export async function answersFor(folder: DataFolder, port: number): Promise<boolean> {
  try {
    const answer = await runStatement(urlOf(folder, port, 'postgres'), 'SHOW data_directory');
    return answer.rows[0]?.data_directory === folder.cluster;
  } catch {
    return false;
  }
}
