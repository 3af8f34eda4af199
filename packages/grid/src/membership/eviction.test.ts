import { describe, expect, it } from 'vitest';
import type { MemberRow } from '../authority/authority.ts';
import type { MemberRecord } from '../protocol/types.ts';
import { abandoned, allDeparted, departed, type Evidence } from './eviction.ts';
import { Grants } from './lease.ts';
import { Observation } from './observation.ts';
import { soloView } from './rebalance.ts';
import { Peers } from './suspicion.ts';
import { defaultTiming as timing } from './timing.ts';

const row = (id: number, beat = 0): MemberRow => ({
  id,
  incarnation: id,
  name: `node-${id}`,
  address: { host: 'host', port: id },
  labels: {},
  process: '',
  state: 'alive',
  beat,
  heard: [],
});
const members: MemberRecord[] = [1, 2].map((id) => ({ ...row(id), state: 'active' }));
const view = { ...soloView(1, 1, row(1)), members };
const evidence = (isProcessGone = () => false): Evidence => ({
  timing,
  observation: new Observation(timing),
  peers: new Peers(timing),
  grants: new Grants(timing),
  isProcessGone,
});
/** Reads every second until `untilMs`. */
function watch({ observation }: Evidence, rows: readonly MemberRow[], untilMs: number): void {
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 1_000) observation.update(rows, nowMs);
}

describe('a member', () => {
  it('is out only when its beat stood still for longer than a lease', () => {
    const seen = evidence();
    watch(seen, [row(1), row(2)], 5_000);
    expect(departed(view, 1, seen, timing.leaseMs)).toEqual([]);
    expect(departed(view, 1, seen, 5_000)).toEqual([{ id: 2, beat: 0 }]);
  });

  it('is not out while a grant to it still binds', () => {
    const seen = evidence();
    watch(seen, [row(1), row(2)], 5_000);
    seen.grants.give(2, 3_000);
    expect(departed(view, 1, seen, 5_000)).toEqual([]);
  });

  it('is not out when the database was not read for a while', () => {
    const seen = evidence();
    seen.observation.update([row(1), row(2)], 0);
    seen.observation.update([row(1), row(2)], 5_000);
    expect(departed(view, 1, seen, 5_000)).toEqual([]);
  });

  it('is out at once when its row is gone, or its process provably is and it is silent', () => {
    const gone = evidence();
    gone.observation.update([row(1)], 0);
    expect(departed(view, 1, gone, 0)).toEqual([{ id: 2, beat: -1 }]);
    const dead = evidence(() => true);
    dead.observation.update([row(1), row(2)], 0);
    expect(departed(view, 1, dead, 0)).toEqual([{ id: 2, beat: 0 }]);
  });
});

describe('a starter', () => {
  it('takes over only when every member was frozen for longer than grants can stretch a lease', () => {
    const seen = evidence();
    watch(seen, [row(1), row(2)], 16_000);
    expect(allDeparted(view, seen, 12_000)).toBeUndefined();
    expect(allDeparted(view, seen, 16_000)).toHaveLength(2);
  });

  it('that died before it joined leaves a row that is swept', () => {
    const seen = evidence();
    watch(seen, [row(1), row(2), row(9)], 11_000);
    expect(abandoned(view, seen, 11_000)).toEqual([{ id: 9, beat: 0 }]);
  });
});
