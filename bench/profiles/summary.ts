import type { Profiler } from 'node:inspector';
import { NATIVE, placeOf } from './place.ts';

/** Time of one function; its place is `file:line`, or for what has no file its room and who called it. */
export interface Share {
  readonly name: string;
  readonly place: string;
  readonly ms: number;
}

/** Time of one room. */
export interface RoomShare {
  readonly name: string;
  readonly selfMs: number;
  /** With the functions of the runtime that it called; of the runtime's own rooms what nobody called. */
  readonly withRuntimeMs: number;
}

/** What a CPU profile of a main thread says, in milliseconds by the clock: a thread that waits for a processor counts as busy. */
export interface ProfileSummary {
  readonly samples: number;
  readonly totalMs: number;
  readonly idleMs: number;
  /** All that is not idle. */
  readonly busyMs: number;
  readonly collectorMs: number;
  /** Native code on the main thread with no JavaScript below it. */
  readonly programMs: number;
  /** All rooms, most first by the time with the runtime. */
  readonly rooms: readonly RoomShare[];
  /** Self time by function, most first; the first `functions` of them. */
  readonly functions: readonly Share[];
  /** Time of this repository's functions with all that they call before they wait, most first; the first `own` of them. */
  readonly own: readonly Share[];
}

export interface SummaryLimits {
  readonly functions: number;
  readonly own: number;
}

const IDLE = '(idle)';

/** Milliseconds that each node was on top of the stack. A sample stands for the time since the one before it. */
function selfTimes(profile: Profiler.Profile): Map<number, number> {
  const times = new Map<number, number>();
  profile.samples?.forEach((node, index) => {
    // Before the first sample nothing ran that was asked for: the profiler made itself ready.
    const ms = index === 0 ? 0 : (profile.timeDeltas?.[index] ?? 0) / 1_000;
    times.set(node, (times.get(node) ?? 0) + ms);
  });
  return times;
}

/** Sums of milliseconds by name and place. */
class Sums {
  readonly #shares = new Map<string, { name: string; place: string; ms: number }>();

  add(name: string, place: string, ms: number): void {
    const key = `${name}\n${place}`;
    const share = this.#shares.get(key);
    if (share === undefined) this.#shares.set(key, { name, place, ms });
    else share.ms += ms;
  }

  most(limit: number): Share[] {
    return [...this.#shares.values()]
      .filter(({ ms }) => ms > 0)
      .sort((one, other) => other.ms - one.ms)
      .slice(0, limit);
  }
}

/** Adds up the nodes of one profile. */
class Reading {
  readonly functions = new Sums();
  readonly own = new Sums();
  readonly rooms = new Map<string, { self: number; withRuntime: number }>();
  idleMs = 0;
  collectorMs = 0;
  programMs = 0;
  readonly #root: string;
  readonly #nodes: ReadonlyMap<number, Profiler.ProfileNode>;
  readonly #self: ReadonlyMap<number, number>;
  readonly #under = new Set<string>();

  constructor(profile: Profiler.Profile, root: string) {
    this.#root = root;
    this.#nodes = new Map(profile.nodes.map((node) => [node.id, node]));
    this.#self = selfTimes(profile);
  }

  /** Adds a node and what it called, for the room that called the runtime where it is of the runtime; gives the busy time of all. */
  walk(id: number, caller?: string): number {
    const node = this.#nodes.get(id);
    if (node === undefined) return 0;
    const { functionName, lineNumber } = node.callFrame;
    const ms = this.#self.get(id) ?? 0;
    if (functionName === IDLE) {
      this.idleMs += ms;
      return 0;
    }
    if (functionName === '(garbage collector)') this.collectorMs += ms;
    if (functionName === '(program)') this.programMs += ms;
    const place = placeOf(node.callFrame, this.#root);
    this.#room(place.room).self += ms;
    this.#room(place.helps ? (caller ?? place.room) : place.room).withRuntime += ms;
    const name = functionName === '' ? '(anonymous)' : functionName;
    const called = place.room === NATIVE && caller !== undefined ? `${NATIVE}, for ${caller}` : place.room;
    const where = place.file === '' ? called : `${place.file}:${lineNumber + 1}`;
    this.functions.add(name, where, ms);
    const key = `${name}\n${where}`;
    // A function that calls itself is counted once.
    const outermost = place.own && !this.#under.has(key);
    if (outermost) this.#under.add(key);
    const inner = place.helps ? caller : place.room;
    const total = (node.children ?? []).reduce((sum, child) => sum + this.walk(child, functionName === '(root)' ? undefined : inner), ms);
    if (outermost) {
      this.#under.delete(key);
      this.own.add(name, where, total);
    }
    return total;
  }

  #room(name: string): { self: number; withRuntime: number } {
    let room = this.rooms.get(name);
    if (room === undefined) {
      room = { self: 0, withRuntime: 0 };
      this.rooms.set(name, room);
    }
    return room;
  }
}

/** Reads a profile of the V8 inspector. `root` is the folder of the checkout, which file names are told relative to. */
export function summarize(profile: Profiler.Profile, root: string, limits: SummaryLimits): ProfileSummary {
  const reading = new Reading(profile, root);
  const called = new Set(profile.nodes.flatMap((node) => node.children ?? []));
  const busyMs = profile.nodes.filter(({ id }) => !called.has(id)).reduce((sum, { id }) => sum + reading.walk(id), 0);
  return {
    samples: profile.samples?.length ?? 0,
    totalMs: busyMs + reading.idleMs,
    idleMs: reading.idleMs,
    busyMs,
    collectorMs: reading.collectorMs,
    programMs: reading.programMs,
    rooms: [...reading.rooms]
      .map(([name, { self, withRuntime }]) => ({ name, selfMs: self, withRuntimeMs: withRuntime }))
      .filter(({ selfMs, withRuntimeMs }) => selfMs + withRuntimeMs > 0)
      .sort((one, other) => other.withRuntimeMs - one.withRuntimeMs),
    functions: reading.functions.most(limits.functions),
    own: reading.own.most(limits.own),
  };
}
