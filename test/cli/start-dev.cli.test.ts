import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { CommandBench, type CommandRun, isAlive, isGone } from '../support/command-line.ts';

const bench = new CommandBench();
const folder = bench.folder();
let http = 0;
let management = 0;
let taken = 0;
let occupant: Server;

beforeAll(async () => {
  [http = 0, management = 0, taken = 0] = await freePorts(3);
  occupant = createServer().listen(taken, '127.0.0.1');
});
afterEach(() => bench.stopAll());
afterAll(async () => {
  occupant.close();
  await bench.clear();
});

/** Nothing but the ports differs from a start without any option. */
const startDev = (cwd = folder, ...more: string[]): CommandRun =>
  bench.begin(['start-dev', ...more], { cwd, env: { KC_HTTP_PORT: `${http}`, KC_HTTP_MANAGEMENT_PORT: `${management}` } });

const databasePid = (run: CommandRun): number => Number(/Embedded PostgreSQL \(process (\d+)\)/.exec(run.out)?.[1]);
const issuer = async (): Promise<unknown> => (await fetch(`http://localhost:${http}/realms/master`)).json();

describe('start-dev in one folder, time after time', () => {
  let publicKey = '';

  it('begins in an empty folder, serves, and ends with 130 at Ctrl-C together with its database', async () => {
    const run = await startDev().started();
    const realm = (await issuer()) as { public_key: string };
    publicKey = realm.public_key;
    expect(run.out).toContain(`Listening on: http://localhost:${http}. Profile dev activated.`);
    expect(run.out).toContain('KC-SERVICES0050: Initializing master realm');
    expect(isAlive(databasePid(run))).toBe(true);
    run.signal('SIGINT');
    // What npx and terminals send once more is no second wish.
    run.signal('SIGINT');
    const { code, out, err } = await run.ended;
    expect({ code, err }).toEqual({ code: 130, err: '' });
    expect(out).toContain('SIGINT received');
    expect(out).toContain('Stopped.');
    expect(out).not.toContain('ERROR');
    expect(await isGone(databasePid(run))).toBe(true);
    expect(readdirSync(folder)).toEqual(['data']);
  });

  it('goes on with the same data, refuses a second server beside it, and ends with 143 at SIGTERM', async () => {
    const run = await startDev().started();
    expect(run.out).not.toContain('Initializing master realm');
    expect(((await issuer()) as { public_key: string }).public_key).toBe(publicKey);

    const second = await startDev().ended;
    expect(second.code).toBe(1);
    expect(second.err).toMatch(
      new RegExp(`The database in .*postgresql is in use by process ${run.pid} .*Stop that process, or choose another`),
    );
    expect(isAlive(databasePid(run))).toBe(true);

    expect((await run.stop()).code).toBe(143);
    expect(await isGone(databasePid(run))).toBe(true);
  });

  it('finds the database that a killed server left behind, and goes on with it', async () => {
    const killed = await startDev().started();
    killed.signal('SIGKILL');
    await killed.ended;
    expect(isAlive(databasePid(killed))).toBe(true);

    // It must not have ended in order before the second signal comes.
    const run = await startDev(folder, '--shutdown-delay=120s').started();
    expect(run.out).toContain('Going on with the PostgreSQL that an earlier run left');
    expect(databasePid(run)).toBe(databasePid(killed));
    expect(((await issuer()) as { public_key: string }).public_key).toBe(publicKey);

    run.signal('SIGTERM');
    await run.until(/SIGTERM received/);
    // A second wish, and no echo of the first: once it is older than that.
    await new Promise((resolve) => setTimeout(resolve, 400));
    run.signal('SIGTERM');
    const { code, out } = await run.ended;
    expect(code).toBe(143);
    expect(out).toContain('A second signal was received, ending at once.');
    expect(await isGone(databasePid(run))).toBe(true);
  });

  it.each([
    ['http-port', () => [`--http-port=${taken}`]],
    ['http-management-port', () => ['--health-enabled=true', `--http-management-port=${taken}`]],
  ])('names a taken %s in one line and leaves nothing running', async (option, argv) => {
    const run = startDev(folder, ...argv());
    const { code, err } = await run.ended;
    expect(err).toBe(
      [
        'ERROR: Failed to start server in (development) mode',
        `ERROR: Port ${taken} on 127.0.0.1 (option '${option}') is in use by another program: stop that program, or choose another with --${option}=<port>.`,
        "More details: the same command with '--verbose'.",
        '',
      ].join('\n'),
    );
    expect(code).toBe(1);
    expect(await isGone(databasePid(run))).toBe(true);
  });
});

describe('start-dev as a member of a cluster', () => {
  it('takes the next port where the one of the cluster is in use by another program, as JGroups does', async () => {
    const run = await startDev(
      folder,
      '--cache=ispn',
      '--cache-embedded-network-bind-address=127.0.0.1',
      `--cache-embedded-network-bind-port=${taken}`,
    ).started();
    const port = Number(/physical addresses are `\[127\.0\.0\.1:(\d+)\]`/.exec(run.out)?.[1]);
    expect(port).toBeGreaterThan(taken);
    expect(port).toBeLessThanOrEqual(taken + 10);
    await run.stop();
  });
});

describe('start-dev in a folder that is not as it should be', () => {
  it('takes data/import beside its database, and the realms in it where asked', async () => {
    const cwd = bench.folder();
    mkdirSync(join(cwd, 'data', 'import'), { recursive: true });
    writeFileSync(join(cwd, 'data', 'import', 'shop.json'), JSON.stringify({ realm: 'shop', enabled: true }));
    const run = await startDev(cwd, '--import-realm', '--log=console,file').started();
    expect(run.out).toContain("Realm 'shop' imported");
    expect((await fetch(`http://localhost:${http}/realms/shop`)).status).toBe(200);
    await run.stop();
    expect(readFileSync(join(cwd, 'data', 'log', 'keycloak.log'), 'utf8')).toContain("Realm 'shop' imported");
  });

  it('refuses a data folder with strange things in it and leaves them alone', async () => {
    const cwd = bench.folder();
    mkdirSync(join(cwd, 'data', 'postgresql'), { recursive: true });
    writeFileSync(join(cwd, 'data', 'postgresql', 'diary.txt'), 'dear diary');
    const { code, err } = await startDev(cwd).ended;
    expect(code).toBe(1);
    expect(err).toContain('is not empty and holds no database of ours (found diary.txt)');
    expect(readdirSync(join(cwd, 'data', 'postgresql'))).toEqual(['diary.txt']);
  });

  it('refuses a data path that is a file, and a home that does not exist', async () => {
    const cwd = bench.folder();
    writeFileSync(join(cwd, 'data'), 'a file');
    const { code, err } = await startDev(cwd).ended;
    expect(code).toBe(1);
    expect(err).toContain(join(cwd, 'data'));
    expect(err).not.toContain('    at ');
    rmSync(join(cwd, 'data'));
    // Nobody can make a folder there, not even root.
    const readOnly = await bench.run(['start-dev'], { cwd, env: { KC_HOME_DIR: '/sys' } });
    expect(readOnly).toMatchObject({
      code: 1,
      err: expect.stringContaining('The data folder /sys/data/postgresql cannot be written to: '),
    });
    const lost = await bench.run(['start-dev'], { cwd, env: { KC_HOME_DIR: join(cwd, 'nowhere') } });
    expect(lost).toMatchObject({
      code: 2,
      err: expect.stringContaining(`KC_HOME_DIR names ${join(cwd, 'nowhere')}, which is no directory.`),
    });
    expect(readdirSync(cwd)).toEqual([]);
  });
});
