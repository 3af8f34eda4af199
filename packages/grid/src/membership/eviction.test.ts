import { describe, expect, it } from 'vitest';
import type { MemberRow } from '../authority/authority.ts';
import type { MemberRecord } from '../protocol/types.ts';
import { abandoned, allDeparted, CutOff, departed, type Evidence } from './eviction.ts';
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

describe('a verdict against who is cut off', () => {
  /** The rows of a moment: each member hears all others but for these pairs. */
  const rows = (ids: readonly number[], beat: number, deaf: readonly string[]): MemberRow[] =>
    ids.map((id) => ({
      ...row(id, beat),
      heard: ids.filter((other) => other !== id && !deaf.includes(`${id}${other}`) && !deaf.includes(`${other}${id}`)),
    }));
  const judged = (deafAt: (second: number) => string[], seconds: number, self = 1, ids = [1, 2, 3]): number[] => {
    const whole = { ...view, members: ids.map((id): MemberRecord => ({ ...row(id), state: 'active' })) };
    const { observation } = evidence();
    const cutOff = new CutOff(timing);
    let revoked: number[] = [];
    for (let second = 0; second <= seconds && revoked.length === 0; second += 1) {
      observation.update(rows(ids, second, deafAt(second)), second * 1_000);
      revoked = cutOff.judge(whole, self, observation, second * 1_000);
    }
    return revoked;
  };

  it('falls once two members did not hear each other for long', () => {
    expect(judged(() => ['23'], 2)).toEqual([]);
    expect(judged(() => ['23'], 4)).toEqual([3]);
  });

  it('goes against the one that lost all its links, whichever of them the rows show first', () => {
    // Seen by 1, the earliest, whose link to 3 seems to hold for a second longer.
    expect(judged((second) => (second === 0 ? ['12'] : ['12', '13']), 30)).toEqual([]);
    // Seen by 2, of the set that stays.
    expect(judged((second) => (second === 0 ? ['12'] : ['12', '13']), 30, 2)).toEqual([1]);
  });

  it('does not wait for ever for breaks that come and go', () => {
    const flickering = (second: number) => ['12', second % 2 === 0 ? '13' : '14'];
    expect(judged(flickering, 4, 1, [1, 2, 3, 4])).toEqual([]);
    expect(judged(flickering, 5, 1, [1, 2, 3, 4])).toEqual([2]);
  });

  it('does not fall for breaks that heal, however many follow each other', () => {
    expect(judged((second) => [['23'], ['13'], ['12'], ['12', '13', '23']][second % 4] ?? [], 60)).toEqual([]);
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
