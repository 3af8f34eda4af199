import { describe, expect, it } from 'vitest';
import type { GridLogLine } from '../api.ts';
import { AuthorityState } from '../authority/memory-state.ts';
import type { FoundAddress } from '../discovery/discovery.ts';
import { GridError } from '../errors.ts';
import type { ViewBody } from '../protocol/types.ts';
import { HandTime } from '../testing/hand-time.ts';
import { awaitDiscovery } from './await-discovery.ts';

const member = { host: '10.0.0.1', port: 7_800 };

/** A cluster of one living member, and a starter with a discovery that answers as the test says. */
function scene(answer: () => FoundAddress[], { living = true } = {}) {
  const time = new HandTime();
  const lines: GridLogLine[] = [];
  const state = new AuthorityState();
  const registration = { name: 'n1', address: member, labels: {}, process: '' };
  const { id, incarnation } = state.execute({ kind: 'register', registration, knownEpoch: 0 });
  const record = { id, incarnation, name: 'n1', address: member, labels: {}, state: 'active' } as const;
  const view: ViewBody = { timeline: 1, epoch: 1, members: [record], phase: 'STABLE', table: [], target: null };
  state.execute({ kind: 'change', expectedEpoch: 0, view, gone: [], revoked: [] });
  if (living) time.every(1_000, () => void state.execute({ kind: 'beat', id, incarnation, heard: [], knownEpoch: 0 }));
  let away = false;
  const abort = new AbortController();
  let closed = false;
  const joined = awaitDiscovery({
    discovery: {
      name: 'test',
      round: async () => answer(),
      close: async () => {
        closed = true;
      },
    },
    own: { cluster: 'ISPN', name: 'n2', address: { host: '10.0.0.2', port: 7_800 } },
    authority: {
      execute: async (request) => {
        if (away) throw new Error('connection refused');
        return state.execute(request);
      },
      close: async () => {},
    },
    time,
    log: (line) => void lines.push(line),
    signal: abort.signal,
  });
  let open = false;
  joined.then(
    () => (open = true),
    () => {},
  );
  return {
    time,
    lines,
    joined,
    abort,
    isOpen: () => open,
    isClosed: () => closed,
    lose: (value: boolean) => {
      away = value;
    },
  };
}

describe('waiting for discovery', () => {
  it('ends with the first round that finds a member', async () => {
    const { time, joined, lines } = scene(() => [member]);
    await time.pass(10);
    await (await joined).stop();
    expect(lines).toEqual([]);
  });

  it('goes on while discovery fails, says why at most every 10 s, and ends without a restart when the cause is gone', async () => {
    let cause: string | undefined = 'the name x does not resolve';
    const { time, lines, isOpen, joined } = scene(() => {
      if (cause !== undefined) throw new GridError('GRID_DISCOVERY_FAILED', cause);
      return [member];
    });
    await time.pass(35_000);
    expect(isOpen()).toBe(false);
    const said = lines.map(({ message }) => message);
    expect(said).toHaveLength(4);
    expect(said[0]).toBe('discovery test fails: GRID_DISCOVERY_FAILED: the name x does not resolve; this node joins as soon as it works');
    cause = undefined;
    await time.pass(6_000);
    expect(isOpen()).toBe(true);
    expect(lines.at(-1)).toEqual({ level: 'info', message: 'discovery test works again' });
    await (await joined).stop();
  });

  it('keeps a node out that finds none of the living members, and names those', async () => {
    let found: FoundAddress[] = [{ host: '10.9.9.9' }];
    const { time, lines, isOpen, joined } = scene(() => found);
    await time.pass(25_000);
    expect(isOpen()).toBe(false);
    expect(lines).toHaveLength(3);
    expect(lines[0]?.message).toBe(
      'discovery test finds 1 addresses, but none of the members that the database lists (n1 at 10.0.0.1:7800); this node joins as soon as it finds one',
    );
    found = [member];
    await time.pass(1_100);
    expect(isOpen()).toBe(true);
    await (await joined).stop();
  });

  it('lets a node in where only dead members are listed', async () => {
    const { time, isOpen, joined } = scene(() => [], { living: false });
    await time.pass(4_000);
    expect(isOpen()).toBe(false);
    await time.pass(2_000);
    expect(isOpen()).toBe(true);
    await (await joined).stop();
  });

  it('waits for the database too', async () => {
    const { time, lines, isOpen, lose, joined } = scene(() => [member]);
    lose(true);
    await time.pass(5_000);
    expect(isOpen()).toBe(false);
    expect(lines.map(({ message }) => message)).toEqual([
      'the database does not say who the members are: connection refused; this node joins as soon as it does',
    ]);
    lose(false);
    await time.pass(1_100);
    expect(isOpen()).toBe(true);
    await (await joined).stop();
  });

  it('can be given up, and leaves nothing behind', async () => {
    const { time, abort, joined, isClosed } = scene(() => []);
    await time.pass(500);
    abort.abort();
    await expect(joined).rejects.toThrow(/GRID_ABORTED/);
    expect(isClosed()).toBe(true);
  });
});
