import { describe, expect, it } from 'vitest';
import type { ServerNodeStore } from '../../store/shared-state.ts';
import { quietLogger } from '../../testing/quiet-logger.ts';
import { DatabaseMember } from './database-member.ts';

/** A member whose clock, database and notifications the test moves. */
function openMember() {
  let nowMs = 1_000;
  const state = { reachable: true, heard: true, deafens: false, caughtUp: 0, acknowledges: [] as boolean[] };
  const store: ServerNodeStore = {
    beat: async ({ acknowledges }) => {
      if (!state.reachable) throw new Error('no route to the database');
      state.acknowledges.push(acknowledges);
    },
    list: async () => [],
    remove: async () => undefined,
    removeOlderThan: async () => 0,
  };
  const member = new DatabaseMember({
    store,
    node: { id: 'a', name: 'a', clusterName: 'ISPN', mode: 'stateless' },
    logger: quietLogger,
    monotonicMs: () => nowMs,
    every: () => ({ [Symbol.dispose]: () => undefined }),
    heard: async () => state.heard,
    catchUp: async () => {
      state.caughtUp += 1;
      if (state.deafens) member.deafen();
      return true;
    },
  });
  let gaps = 0;
  member.onGap(() => {
    gaps += 1;
  });
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  return { member, state, gaps: () => gaps, advance };
}

describe('the beat of a node in the database', () => {
  it('is believed for five seconds from when it was sent', async () => {
    const { member, advance } = openMember();
    expect(member.fenced).toBe(true);
    await member.start();
    expect([member.ready, member.fenced]).toEqual([true, false]);
    advance(4_999);
    expect(member.fenced).toBe(false);
    advance(1);
    expect([member.ready, member.fenced]).toEqual([false, true]);
  });

  it('that comes after a freeze lets the node serve again when it has dropped what it had cached', async () => {
    const { member, advance, gaps } = openMember();
    await member.start();
    const before = gaps();
    await member.beat();
    expect(gaps()).toBe(before);
    advance(60_000);
    expect(member.fenced).toBe(true);
    await member.beat();
    expect([member.fenced, gaps()]).toEqual([false, before + 1]);
  });

  it('that cannot be written ends in a node that serves nothing', async () => {
    const { member, state, advance } = openMember();
    await member.start();
    state.reachable = false;
    advance(3_000);
    await member.beat();
    expect(member.fenced).toBe(false);
    advance(2_000);
    expect(member.fenced).toBe(true);
  });

  it('says that others need not wait for acknowledgements where notifications do not come through', async () => {
    const { member, state } = openMember();
    state.heard = false;
    await member.start();
    expect(state.acknowledges).toEqual([false]);
    expect(state.caughtUp).toBe(1);
    expect(member.fenced).toBe(false);
  });

  it('keeps nothing before others cease to wait for it, and until they wait again', async () => {
    const { member, state, gaps } = openMember();
    const told: string[] = [];
    member.onDeaf((deaf) => void told.push(`${deaf} after ${state.acknowledges.length} beats, ${gaps()} gaps`));
    await member.start();
    state.deafens = true;
    state.heard = false;
    await member.beat();
    await member.beat();
    state.heard = true;
    await member.beat();
    await member.beat();
    expect(state.acknowledges).toEqual([true, false, false, true, true]);
    // The first beat of a start is a gap; the beat that hears again drops everything once more before anything is kept.
    expect(told).toEqual(['true after 1 beats, 1 gaps', 'false after 4 beats, 2 gaps']);
  });

  it('counts for nothing when messages stopped to come while it was written', async () => {
    const { member, state } = openMember();
    await member.start();
    member.suspend();
    expect(member.fenced).toBe(true);
    await member.beat();
    expect(member.fenced).toBe(false);
    expect(state.acknowledges).toEqual([true, true]);
  });
});
