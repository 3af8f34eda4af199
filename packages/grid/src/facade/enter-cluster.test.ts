import { describe, expect, it } from 'vitest';
import type { GridLogLine } from '../api.ts';
import type { Authority } from '../authority/authority.ts';
import { MemoryAuthority } from '../authority/memory.ts';
import { startGrid } from '../grid.ts';
import { HandTime } from '../testing/hand-time.ts';
import { MemoryNetwork } from '../transport/memory-network.ts';
import { listenWhenFree } from './enter-cluster.ts';

const taken = (): never => {
  throw Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
};

describe('listening', () => {
  it('waits for a port that is taken, says so at most every 10 s, and that it is over', async () => {
    const time = new HandTime();
    const lines: GridLogLine[] = [];
    let free = false;
    const listening = listenWhenFree(async () => (free ? 'open' : taken()), '10.0.0.1:7800', {
      time,
      log: (line) => void lines.push(line),
    });
    await time.pass(25_500);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn']);
    expect(lines[0]?.message).toBe(
      "the cluster's port at 10.0.0.1:7800 is in use by another program; this node joins as soon as it is free",
    );
    free = true;
    await time.pass(1_000);
    expect(await listening).toBe('open');
    expect(lines.at(-1)).toEqual({ level: 'info', message: 'a port at 10.0.0.1:7800 is free now' });
  });

  it('fails at once for any other reason, and when it is given up', async () => {
    const time = new HandTime();
    const refused = async (): Promise<never> => {
      throw Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    };
    await expect(listenWhenFree(refused, 'x', { time, log: () => {} })).rejects.toThrow('EACCES');
    const abort = new AbortController();
    const listening = listenWhenFree(async () => taken(), 'x', { time, log: () => {}, signal: abort.signal });
    await time.pass(2_000);
    abort.abort();
    await expect(listening).rejects.toThrow(/GRID_ABORTED/);
  });
});

describe('a start while the database is away', () => {
  const start = (authority: Authority, time: HandTime, lines: GridLogLine[], startTimeoutMs: number) =>
    startGrid(
      { nodeName: 'n1', startTimeoutMs, log: (line) => void lines.push(line) },
      { authority, time, transport: new MemoryNetwork().transport() },
    );

  it('says every 10 s why it is no member yet, and joins without a restart when it is back', async () => {
    const time = new HandTime();
    const lines: GridLogLine[] = [];
    const memory = new MemoryAuthority();
    let away = true;
    const authority: Authority = {
      execute: (request) => (away ? Promise.reject(new Error('connect ECONNREFUSED')) : memory.execute(request)),
      close: () => memory.close(),
    };
    const starting = start(authority, time, lines, Number.POSITIVE_INFINITY);
    await time.pass(120_000);
    const warnings = lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toHaveLength(12);
    expect(new Set(warnings)).toEqual(new Set(['this node is no member yet: the database does not answer (connect ECONNREFUSED)']));
    away = false;
    await time.pass(5_000);
    const grid = await starting;
    expect(grid.view.members.map(({ name }) => name)).toEqual(['n1']);
    const stopping = grid.stop();
    await time.pass(2_000);
    await stopping;
  });

  it('ends after its time where it has one, with the same reason', async () => {
    const time = new HandTime();
    const authority: Authority = { execute: () => Promise.reject(new Error('connect ECONNREFUSED')), close: async () => {} };
    const starting = start(authority, time, [], 30_000);
    const failed = expect(starting).rejects.toThrow(
      'GRID_TIMEOUT: no membership within startTimeoutMs (30000 ms): the database does not answer (connect ECONNREFUSED)',
    );
    await time.pass(35_000);
    await failed;
  });
});
