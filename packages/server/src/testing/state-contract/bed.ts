import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Clock } from '../../model/clock.ts';
import type { Realm } from '../../model/index.ts';
import type { StateBackend } from '../../state/backend.ts';
import { realmFixture } from '../fixtures.ts';

/** Nodes of one engine, as the contract tests need them. */
export interface StateBed extends AsyncDisposable {
  /** Two or more, over the same engine. */
  readonly nodes: readonly StateBackend[];
  readonly clock: Clock;
  /** Lets that much time pass, for the clock and for the engine. */
  advance(seconds: number): Promise<void>;
}

/** How a bed is opened, and what about it the tests have to know. */
export interface StateBedOptions {
  readonly open: () => Promise<StateBed>;
  /** The engine lives in real time: tests that wait run side by side. */
  readonly realTime: boolean;
  /** Whether the nodes run scheduled tasks by themselves. */
  readonly runsTasks: boolean;
}

/** The bed of a describe block: `node(i)` counts round. */
export interface OpenBed {
  node(index: number): StateBackend;
  readonly count: number;
  readonly clock: Clock;
  advance(seconds: number): Promise<void>;
}

/** Opens the bed before the tests of this block and closes it after them. */
export function useBed({ open }: StateBedOptions): OpenBed {
  let bed: StateBed | undefined;
  beforeAll(async () => {
    bed = await open();
  });
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]();
  });
  const opened = (): StateBed => {
    if (bed === undefined) throw new Error('the bed is not open yet');
    return bed;
  };
  return {
    node(index) {
      const { nodes } = opened();
      return nodes[index % nodes.length] as StateBackend;
    },
    get count() {
      return opened().nodes.length;
    },
    get clock() {
      return opened().clock;
    },
    advance: (seconds) => opened().advance(seconds),
  };
}

/** A realm of its own for one test; nothing of it is in any table, which no part of the contract needs. */
export function ownRealm(overrides: Partial<Realm> = {}): Realm {
  const id = randomUUID();
  return realmFixture({ id, realm: `realm-${id.slice(0, 8)}`, ...overrides });
}

/** Runs `work` `count` times at once; the index says on which node. */
export function atOnce<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}
