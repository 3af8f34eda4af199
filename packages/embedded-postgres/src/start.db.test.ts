import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, removeEmbeddedPostgres, startEmbeddedPostgres } from './index.ts';
import { runStatement } from './running-server.ts';

let folder: string;
let dataDir: string;
let lines: string[];
const started: EmbeddedPostgres[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
  lines = [];
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, log: (line) => lines.push(line), ...options });
  started.push(server);
  return server;
}

describe('an embedded PostgreSQL', () => {
  it('keeps its data from one start to the next', async () => {
    const first = await start();
    const url = await first.createDatabase('shop');
    await runStatement(url, 'CREATE TABLE thing (id int)');
    await runStatement(url, 'INSERT INTO thing VALUES (7)');
    await first.stop();

    const second = await start();
    const again = await second.createDatabase('shop');
    expect((await runStatement(again, 'SELECT id FROM thing')).rows).toEqual([{ id: 7 }]);
  });

  it('asks for the password', async () => {
    const server = await start();
    const wrong = new URL(server.url);
    wrong.password = 'guess';
    await expect(runStatement(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('refuses a folder that another living process uses, and can share it', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'KE_FOLDER_IN_USE', message: expect.stringContaining(dataDir) });
    const guest = await start({ share: true });
    expect(guest.pid).toBe(first.pid);
    await guest.stop();
    expect((await runStatement(first.url, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('goes on with a server that a dead process left behind, and stops it', async () => {
    const first = await start();
    writeFileSync(join(dataDir, 'owner.pid'), String(await pidOfDeadProcess()));
    const second = await start();
    expect(second.pid).toBe(first.pid);
    await second.stop();
    await expect(runStatement(first.url, 'SELECT 1')).rejects.toThrow();
  });

  it('starts over the pid file of a server that was killed', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    expect((await runStatement(second.url, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('names the pid file when it points at a stranger', async () => {
    await (await start()).stop();
    const pidFile = join(dataDir, 'pgdata', 'postmaster.pid');
    writeFileSync(pidFile, [process.pid, dataDir, 0, 1, '', '', '', 'ready', ''].join('\n'));
    await expect(start()).rejects.toMatchObject({ code: 'KE_STALE_PID_FILE', message: expect.stringContaining(pidFile) });
    rmSync(pidFile);
  });

  it('names a port that is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    await expect(start({ port })).rejects.toMatchObject({ code: 'KE_PORT_TAKEN', message: expect.stringContaining(String(port)) });
    await new Promise((resolve) => blocker.close(resolve));
  });

  it('refuses a folder with foreign files, and a damaged one, by name', async () => {
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'holiday.jpg'), '');
    await expect(start()).rejects.toMatchObject({ code: 'KE_BAD_DATA_FOLDER', message: expect.stringContaining('holiday.jpg') });
    rmSync(join(dataDir, 'holiday.jpg'));
    await (await start()).stop();
    const version = join(dataDir, 'pgdata', 'PG_VERSION');
    const major = readFileSync(version, 'utf8');
    writeFileSync(version, '9\n');
    await expect(start()).rejects.toMatchObject({ code: 'KE_BAD_DATA_FOLDER', message: expect.stringContaining('PostgreSQL 9') });
    rmSync(version);
    await expect(start()).rejects.toMatchObject({ code: 'KE_BAD_DATA_FOLDER', message: expect.stringContaining(dataDir) });
    writeFileSync(version, major);
  });

  it('as root keeps the data of a private folder where the database account can reach it, and says so', async () => {
    if (process.getuid?.() !== 0) {
      // A plain user runs the database itself and reaches every folder of its own: nothing is moved.
      const server = await start();
      expect(server.pid).toBeGreaterThan(0);
      expect(lines).toEqual([]);
      return;
    }
    chmodSync(folder, 0o700);
    await (await start()).stop();
    expect(lines).toContainEqual(expect.stringContaining(`Keeping the database of ${dataDir} in `));
    expect(existsSync(dataDir)).toBe(false);
    await (await start()).stop();
    removeEmbeddedPostgres(dataDir);
  });
});

async function pidOfDeadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
}
