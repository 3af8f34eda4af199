import { Random } from '../simulator/random.ts';
import { freePorts } from '../testing/free-ports.ts';
import { Clients, type Failure, type Tally } from './clients.ts';
import { Crew } from './crew.ts';
import { ChaosDatabase } from './database.ts';
import type { Fault, Victims } from './faults/fault.ts';
import { faults as allFaults, nextFault } from './faults/index.ts';
import { type Cutoffs, judge } from './judge.ts';
import { Mesh } from './mesh.ts';
import { never, type StepRecord } from './record.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly nodes: number;
  readonly clientsPerMember: number;
  /** Mean pause of a client between two operations. */
  readonly thinkMs: number;
  /** Only faults whose name contains this. */
  readonly only?: string | undefined;
  /** Ends the run after the current step. */
  readonly signal?: AbortSignal | undefined;
  say(line: string): void;
  /** Keeps the record of a step with findings; returns where. */
  keep(step: KeptStep): string;
}

export interface KeptStep {
  readonly seed: number;
  readonly step: number;
  readonly fault: string;
  readonly cutoffs: Cutoffs;
  readonly breaches: readonly string[];
  readonly logs: Readonly<Record<string, readonly string[]>>;
  readonly record: StepRecord;
}

export interface ChaosResult {
  readonly seconds: number;
  readonly steps: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly tally: Tally;
  readonly keys: number;
  readonly undecided: number;
  readonly cutShort: number;
  /** Steps whose lateness says nothing, because the machine gave members no time. */
  readonly notJudged: number;
  readonly fencings: number;
  readonly violations: readonly string[];
}

/** After faults: two leases, detection, and a joiner's transfer, on a machine that is busy. */
const settleMs = 30_000;
const lastMs = 90_000;
const beforeMs = 800;
const afterMs = 1_200;
const settleReserveMs = 12_000;
const rotationIntervalMs = 120_000;
/** A loop that stood still for longer was not given the processor: a member of its own accord stays far below. */
const stallLimitMs = 1_000;

/** One run: steps of one fault each, under load; after each the cluster must agree again, and everything that clients saw is judged. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const beganAt = performance.now();
  const endsAt = beganAt + options.minutes * 60_000;
  const names = Array.from({ length: options.nodes }, (_, index) => `n${index + 1}`);
  const ports = await freePorts(names.length);
  const places = names.map((name, index) => ({ name, port: ports[index] ?? 0 }));
  const mesh = await Mesh.between(places);
  const database = await ChaosDatabase.start(names);
  const choice = new Random(options.seed, 'faults');
  const fastDeath = choice.chance(0.5);
  const crew = new Crew({ places, mesh, database, cluster: 'chaos', fastDeath, rotationIntervalMs });
  const run = new Run(options, { crew, mesh, database });
  try {
    await crew.start(names);
    if (!(await crew.settle(settleMs))) run.violations.push(`M6 start: ${await crew.describe()}`);
    options.say(`seed ${options.seed}: ${options.nodes} members, fast death ${fastDeath ? 'on' : 'off'}`);
    for (;;) {
      const leftMs = endsAt - performance.now() - settleReserveMs;
      const fault =
        options.only === undefined
          ? nextFault(choice, options.nodes, leftMs)
          : leftMs > 0
            ? choice.pick(allFaults.filter(({ name }) => name.includes(options.only ?? '')))
            : undefined;
      if (fault === undefined || options.signal?.aborted) break;
      if (!(await run.step(fault))) break;
    }
  } finally {
    await crew.close();
    await mesh.close();
    await database.close();
  }
  return run.result((performance.now() - beganAt) / 1_000);
}

interface Parts {
  readonly crew: Crew;
  readonly mesh: Mesh;
  readonly database: ChaosDatabase;
}

class Run {
  readonly violations: string[] = [];
  readonly #options: ChaosOptions;
  readonly #parts: Parts;
  readonly #clients: Clients;
  readonly #random: Random;
  readonly #faults = new Map<string, number>();
  #steps = 0;
  #keys = 0;
  #undecided = 0;
  #cutShort = 0;
  #notJudged = 0;

  constructor(options: ChaosOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.#clients = new Clients(parts.crew, new Random(options.seed, 'workload'), options.thinkMs);
    this.#random = new Random(options.seed, 'nemesis');
  }

  /** False: the cluster did not come back, and going on would say nothing. */
  async step(fault: Fault): Promise<boolean> {
    const { crew } = this.#parts;
    this.#steps += 1;
    this.#faults.set(fault.name, (this.#faults.get(fault.name) ?? 0) + 1);
    const breaches: string[] = [];
    const lines: string[] = [];
    crew.mark();
    await crew.stallMs(crew.names);
    this.#clients.begin(this.#options.clientsPerMember);
    await pause(this.#random.between(beforeMs / 2, beforeMs));
    const faultAt = performance.now();
    let victims: Victims = 'all';
    try {
      victims = await fault.run({
        ...this.#parts,
        random: this.#random,
        say: (line) => void lines.push(line),
        breach: (line) => void breaches.push(line),
      });
    } catch (error) {
      breaches.push(`the fault itself failed: ${(error as Error).stack ?? error}`);
    }
    const healedAt = performance.now();
    const bystanders = crew.names.filter((name) => victims === 'all' || !victims.includes(name));
    let agreed = await crew.settle(settleMs);
    let stallMs = await crew.stallMs(bystanders);
    if (!agreed) {
      breaches.push(`M8 no agreement within ${settleMs} ms after the fault: ${await crew.describe()}`);
      // Whether to go on is another question than whether it was in time.
      agreed = await crew.settle(lastMs);
    }
    const settledMs = performance.now() - healedAt;
    await pause(afterMs);
    const record = await this.#clients.end();
    const lost = crew.lost;
    const cutoffs: Cutoffs = { 2: lost.length >= 2 ? faultAt : never, 3: lost.length >= 3 ? faultAt : never };
    const judgement = judge(record, cutoffs);
    this.#keys += judgement.keys;
    this.#undecided += judgement.undecided;
    this.#cutShort += judgement.cutShort;
    if (victims !== 'all') breaches.push(...this.#unavailable(bystanders));
    stallMs = Math.max(stallMs, await crew.stallMs(bystanders));
    // A machine that gives a healthy member no time takes its lease as a fault would: lateness then says nothing.
    if (agreed && stallMs > stallLimitMs) {
      const late = breaches.filter((breach) => /^(?:M8|M9|A1) /.test(breach));
      if (late.length > 0) {
        this.#notJudged += 1;
        lines.push(`NOT JUDGED, the machine let members stand still for ${stallMs.toFixed(0)} ms: ${late.join('; ')}`);
        breaches.splice(0, breaches.length, ...breaches.filter((breach) => !late.includes(breach)));
      }
    }
    breaches.push(
      ...judgement.findings.map(({ invariant, key, detail }) => `${invariant} ${key}: ${detail}`),
      ...crew.breaches.splice(0),
      ...this.#clients.breaches.splice(0),
    );
    const longest = [...this.#clients.step]
      .filter(([name]) => victims !== 'all' && bystanders.includes(name))
      .reduce((most, [, { longestMs }]) => Math.max(most, longestMs), 0);
    this.#options.say(
      [
        `${String(this.#steps).padStart(3)} ${fault.name}: ${((healedAt - faultAt) / 1_000).toFixed(1)} s, agreed after ${(settledMs / 1_000).toFixed(1)} s`,
        lost.length > 0 ? `lost ${lost.join(', ')}` : 'nobody lost',
        longest > 0 ? `longest for bystanders ${longest.toFixed(0)} ms` : '',
        ...lines,
      ]
        .filter((part) => part !== '')
        .join('; '),
    );
    if (breaches.length > 0) this.#violated(fault, { record, cutoffs, breaches });
    return agreed;
  }

  result(seconds: number): ChaosResult {
    return {
      seconds,
      steps: this.#steps,
      faults: this.#faults,
      tally: this.#clients.tally,
      keys: this.#keys,
      undecided: this.#undecided,
      cutShort: this.#cutShort,
      notJudged: this.#notJudged,
      fencings: this.#parts.crew.fencings,
      violations: this.violations,
    };
  }

  /** Clients of members that the fault left alone may wait, but none of their operations may fail. */
  #unavailable(bystanders: readonly string[]): string[] {
    return [...this.#clients.step]
      .filter(([name, { failures }]) => failures.length > 0 && bystanders.includes(name))
      .map(([name, { failures }]) => {
        const first = failures[0] as Failure;
        const detail = `${first.operation} of ${first.key} at ${first.calledAt.toFixed(0)}, ${first.code} after ${first.tookMs.toFixed(0)} ms`;
        return `A1 ${failures.length} operations failed on ${name}, the first: ${detail}`;
      });
  }

  #violated(fault: Fault, { record, cutoffs, breaches }: Pick<KeptStep, 'record' | 'cutoffs' | 'breaches'>): void {
    const logs = Object.fromEntries([...this.#parts.crew.members].map(([name, member]) => [name, [...member.lines]]));
    const where = this.#options.keep({ seed: this.#options.seed, step: this.#steps, fault: fault.name, cutoffs, breaches, logs, record });
    for (const breach of breaches) {
      this.violations.push(`step ${this.#steps} (${fault.name}): ${breach}`);
      this.#options.say(`    VIOLATION ${breach}`);
    }
    this.#options.say(`    kept in ${where}`);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
