import { afterEach, describe, expect, it } from 'vitest';
import { call } from '../bench/drivers/http.ts';
import { infinispanFolder } from '../packages/server/src/testing/external/infinispan-process.ts';
import { redisProgram } from '../packages/server/src/testing/external/redis-process.ts';
import { disturbanceOf } from './session-scenarios/disturbances.ts';
import { runHistory } from './session-scenarios/history.ts';
import { type Event, violationsOf } from './session-scenarios/history-checker.ts';
import { modeOf } from './session-scenarios/modes.ts';
import { runScenario } from './session-scenarios/run-scenario.ts';
import { World } from './session-scenarios/world.ts';

// The lean form; `npm run test:full` runs every disturbance in every mode, and histories of ten minutes.
const HISTORY_MS = 10_000;

describe('every step of every walk on another node, with a disturbance between any two', () => {
  let world: World | undefined;
  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });

  it('reads no session at a start, however many there are, and loses nothing with persistent sessions while one node is frozen', async () => {
    world = await World.open(modeOf('persistent'));
    const scrapes = await Promise.all(world.cluster.server.managementBases.map((base) => call(`${base}/metrics`)));
    const statements = scrapes.flatMap(({ text }) => [...text.matchAll(/^keygrid_sql_statements_seconds_count\{statement="([^"]*)"/gm)]);
    const names = statements.map(([, name = '']) => name);
    expect(names).toContain('realm-by-name');
    expect(names.filter((name) => name.startsWith('session-') && name !== 'session-sweep' && name !== 'session-expired')).toEqual([]);
    expect((await runScenario(world, disturbanceOf('one node frozen'))).wrong).toEqual([]);
  });

  it('logs nobody out with volatile sessions while all nodes are restarted one after the other (Keycloak #37825)', async () => {
    world = await World.open(modeOf('volatile'));
    expect((await runScenario(world, disturbanceOf('rolling restart'))).wrong).toEqual([]);
  });

  it('loses nothing at all with the grid off when all nodes are killed; and what clients were told under load is what every node says', async () => {
    world = await World.open(modeOf('grid off'));
    expect((await runScenario(world, disturbanceOf('kill -9 of all nodes'))).wrong).toEqual([]);
    const report = await runHistory(world, { durationMs: HISTORY_MS, seed: 20_261_129 });
    expect(report.violations).toEqual([]);
  });
});

// Where the programs are; the full run has every disturbance.
const remote = (name: string, mode: string, disturbance: string, present: boolean) =>
  describe.skipIf(!present)(name, () => {
    it(`loses nothing: ${disturbance}`, { timeout: 300_000 }, async () => {
      await using world = await World.open(modeOf(mode));
      expect((await runScenario(world, disturbanceOf(disturbance))).wrong).toEqual([]);
    });
  });
remote('sessions on an external Redis', 'redis volatile', 'kill -9 of an external server', redisProgram() !== undefined);
remote('sessions on an external Infinispan', 'infinispan volatile', 'an external server frozen', infinispanFolder() !== undefined);

describe('the checker of histories', () => {
  const event = (kind: Event['kind'], sentAt: number, toldAt: number, told: Event['told'] = 'yes', value?: number): Event => ({
    kind,
    about: 'x',
    sentAt,
    toldAt,
    told,
    value,
  });
  const found = (...events: Event[]): string[] => violationsOf(events, { sessionsMayEnd: [] });

  it('finds a session that was used after its logout was told, and takes a use beside the logout as it comes', () => {
    expect(found(event('login', 0, 1), event('logout', 10, 20), event('use', 21, 22))).toEqual([
      'x was used 1 ms after its logout was told',
    ]);
    expect(found(event('login', 0, 1), event('logout', 10, 20), event('use', 19, 30))).toEqual([]);
    expect(found(event('login', 0, 1), event('logout', 10, 20), event('use', 21, 22, 'no'))).toEqual([]);
  });

  it('finds a session that was refused though nobody logged out, also where the logout was sent later', () => {
    expect(found(event('login', 0, 1), event('use', 5, 6, 'no'))).toHaveLength(1);
    expect(found(event('login', 0, 1), event('use', 5, 6, 'no'), event('logout', 10, 20))).toHaveLength(1);
    expect(found(event('login', 0, 1), event('use', 5, 12, 'no'), event('logout', 10, 20, 'unknown'))).toEqual([]);
    expect(found(event('login', 0, 1), event('use', 5, 6, 'unknown'))).toEqual([]);
    expect(violationsOf([event('login', 0, 1), event('use', 5, 6, 'no')], { sessionsMayEnd: [{ from: 2, to: 3 }] })).toEqual([]);
  });

  it('finds a code that worked twice, and a setting that was read older than its write', () => {
    expect(found(event('exchange', 0, 1), event('exchange', 0, 2))).toEqual(['x was exchanged 2 times']);
    expect(found(event('exchange', 0, 1), event('exchange', 0, 2, 'no'))).toEqual([]);
    const writes = [event('write', 0, 1, 'yes', 1), event('write', 10, 12, 'yes', 2), event('write', 20, 21, 'unknown', 3)];
    expect(found(...writes, event('read', 13, 14, 'yes', 1))).toEqual(['x was read as 1 after the write of 2 was told']);
    expect(found(...writes, event('read', 11, 14, 'yes', 1), event('read', 11, 14, 'yes', 2), event('read', 30, 31, 'yes', 3))).toEqual([]);
    expect(found(...writes, event('read', 15, 16, 'yes', 3))).toEqual(['x was read as 3, which nobody had written']);
  });
});
