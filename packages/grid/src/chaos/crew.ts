import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosDatabase } from './database.ts';
import { MemberHandle } from './member-handle.ts';
import type { Mesh, Place } from './mesh.ts';
import type { MemberState } from './protocol.ts';

const pollMs = 100;
/** Time for a message to reach the processes that start at one moment. */
const togetherMs = 60;
const stateLimitMs = 2_000;
/** Start-up of a process on a busy machine, and the 15 s of a cold takeover. */
const startLimitMs = 60_000;

export interface CrewOptions {
  readonly places: readonly Place[];
  readonly mesh: Mesh;
  readonly database: ChaosDatabase;
  readonly cluster: string;
  readonly fastDeath: boolean;
  readonly rotationIntervalMs: number;
}

/** The members of a run: who is meant to live, what views they told of, and who lost its place against its will. */
export class Crew {
  readonly members = new Map<string, MemberHandle>();
  readonly breaches: string[] = [];
  readonly #options: CrewOptions;
  readonly #bodies = new Map<number, string>();
  /** Ids of lives in views since the last `mark`, with their names. */
  #seen = new Map<string, string>();
  #newest: { epoch: number; ids: ReadonlySet<string> } = { epoch: 0, ids: new Set() };
  /** Names that left in order since the last `mark`. */
  #leavers = new Set<string>();
  fencings = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  get names(): readonly string[] {
    return this.#options.places.map(({ name }) => name);
  }

  /** Members that may be talked to: started and alive. */
  get started(): readonly MemberHandle[] {
    return [...this.members.values()].filter((member) => member.isStarted);
  }

  member(name: string): MemberHandle {
    const member = this.members.get(name);
    if (member === undefined) throw new Error(`no member ${name}`);
    return member;
  }

  /** Processes of these names, loaded and waiting to be told to start. */
  async prepare(names: readonly string[]): Promise<readonly MemberHandle[]> {
    const handles = names.map((name) => {
      const seenEpochs = { last: 0 };
      const handle: MemberHandle = new MemberHandle(name, {
        view: (epoch, members) => {
          this.#view(name, seenEpochs, epoch, members);
        },
        fenced: () => {
          this.fencings += 1;
        },
      });
      void handle.exited.then(() => {
        if (!handle.isDismissed) this.breaches.push(`R1 ${name} ended by itself:\n${handle.lines.slice(-20).join('\n')}`);
      });
      return handle;
    });
    await Promise.all(handles.map((handle) => handle.prepare()));
    return handles;
  }

  /** `handles` begin to join at the same moment, as far as the machine lets them. */
  launchTogether(handles: readonly MemberHandle[]): void {
    const at = Number(process.hrtime.bigint()) / 1e6 + togetherMs;
    for (const handle of handles) this.launch(handle, at);
  }

  launch(handle: MemberHandle, at = 0): void {
    const place = this.#options.places.find(({ name }) => name === handle.name);
    if (place === undefined) throw new Error(`no place for ${handle.name}`);
    const { mesh, database, cluster, fastDeath, rotationIntervalMs } = this.#options;
    this.members.set(handle.name, handle);
    handle.start(
      {
        name: handle.name,
        cluster,
        port: place.port,
        databaseUrl: database.url(handle.name),
        routes: mesh.routes(handle.name),
        fastDeath,
        rotationIntervalMs,
      },
      at,
    );
  }

  async start(names: readonly string[]): Promise<void> {
    for (const handle of await this.prepare(names)) this.launch(handle);
  }

  async kill(name: string): Promise<void> {
    const member = this.member(name);
    this.members.delete(name);
    await member.kill();
  }

  /** Leaves in order, all of them at the same time. */
  async stop(names: readonly string[]): Promise<void> {
    const leaving = names.map((name) => this.member(name));
    for (const name of names) {
      this.members.delete(name);
      this.#leavers.add(name);
    }
    await Promise.all(
      leaving.map(async (member) => {
        if (!(await member.stop())) this.breaches.push(`R4 ${member.name} did not end within 30 s of being told to leave`);
      }),
    );
  }

  /** Who coordinates, as somebody who may be asked sees it. */
  async coordinator(): Promise<string> {
    for (const member of this.started) {
      const state = await within(member.state(), stateLimitMs);
      if (state?.members[0] !== undefined) return state.members[0];
    }
    return this.names[0] ?? '';
  }

  /** The one view of exactly these members, as soon as all of them are in it. Undefined if not within `limitMs`; `any` = also while data moves. */
  async agreed(names: readonly string[], limitMs: number, any = false): Promise<boolean> {
    const wanted = [...names].sort().join();
    for (const endsAt = performance.now() + limitMs; ; await delay(pollMs)) {
      const states = await Promise.all(names.map(async (name) => within(this.members.get(name)?.state() ?? absent(), stateLimitMs)));
      const epoch = states[0]?.epoch;
      if (states.every((state) => state !== undefined && isSettled(state, epoch, wanted, any))) return true;
      if (performance.now() >= endsAt) return false;
    }
  }

  /** All that are meant to live, in one stable view. A start that fails here is a breach. */
  async settle(limitMs: number): Promise<boolean> {
    for (const member of this.members.values()) {
      if (!member.isStarted && (await within(member.started, startLimitMs)) === undefined)
        this.breaches.push(`M8 ${member.name} was not started within ${startLimitMs} ms:\n${member.lines.slice(-20).join('\n')}`);
    }
    return this.agreed([...this.members.keys()], limitMs);
  }

  /** Longest time that the loop of one of these stood still since this was asked last: how much of the machine others took. */
  async stallMs(names: readonly string[]): Promise<number> {
    const stalls = await Promise.all(names.map(async (name) => within(this.members.get(name)?.stall() ?? absent(), stateLimitMs)));
    return Math.max(0, ...stalls.map((ms) => ms ?? 0));
  }

  /** States of all, for a report of what does not agree. */
  async describe(): Promise<string> {
    const states = await Promise.all(
      [...this.members.values()].map(async (member) => `${member.name} ${JSON.stringify(await within(member.state(), stateLimitMs))}`),
    );
    return states.join('; ');
  }

  /** From here on losses count anew. The view must be stable. */
  mark(): void {
    this.#leavers = new Set();
    this.#seen = new Map([...this.#seen].filter(([id]) => this.#newest.ids.has(id)));
  }

  /** Names of lives that were in a view since `mark`, are in none now, and did not leave in order. */
  get lost(): readonly string[] {
    return [...this.#seen].filter(([id, name]) => !this.#newest.ids.has(id) && !this.#leavers.has(name)).map(([, name]) => name);
  }

  async close(): Promise<void> {
    await Promise.all([...this.members.values()].map((member) => member.kill()));
  }

  #view(
    name: string,
    seenEpochs: { last: number },
    epoch: number,
    members: readonly { readonly id: string; readonly name: string }[],
  ): void {
    if (epoch < seenEpochs.last) this.breaches.push(`M1 ${name} installed epoch ${epoch} after ${seenEpochs.last}`);
    seenEpochs.last = epoch;
    const body = members.map(({ id, name }) => `${name}#${id}`).join(' ');
    const known = this.#bodies.get(epoch);
    if (known === undefined) this.#bodies.set(epoch, body);
    else if (known !== body) this.breaches.push(`M2 epoch ${epoch} is [${known}] for one member and [${body}] for ${name}`);
    for (const member of members) this.#seen.set(member.id, member.name);
    if (epoch > this.#newest.epoch) this.#newest = { epoch, ids: new Set(members.map(({ id }) => id)) };
  }
}

function isSettled(state: MemberState, epoch: number | undefined, wanted: string, any: boolean): boolean {
  return state.ready && state.epoch === epoch && (any || state.phase === 'STABLE') && [...state.members].sort().join() === wanted;
}

function absent(): Promise<never> {
  return Promise.reject(new Error('gone'));
}

/** Undefined if it fails or takes longer. */
export async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
