import { setTimeout as delay } from 'node:timers/promises';
import { parseVersion } from '../data/version.ts';
import type { Random } from '../simulator/random.ts';
import { registerMix } from '../verification/register-mix.ts';
import type { RegisterInput, RegisterOutput } from '../verification/register-model.ts';
import type { Crew } from './crew.ts';
import type { MemberHandle } from './member-handle.ts';
import { type Operation, type Outcome, type Owners, owners } from './protocol.ts';
import {
  type CounterRecord,
  type ElementRecord,
  emptyRecord,
  never,
  type RegisterRecord,
  type StepRecord,
  type TokenRecord,
} from './record.ts';

const registersAtATime = 8;
const countersAtATime = 4;
/** Longer histories, and those with many unknown ends, cost the search too much. */
const maxOperationsPerKey = 300;
const maxUnknownPerKey = 6;
const takersPerToken = 5;
const refusedPauseMs = 100;
const readBackAtATime = 64;

/** An operation that ended in an error, of a member that was alive. */
export interface Failure {
  readonly code: string;
  readonly operation: string;
  readonly key: string;
  readonly calledAt: number;
  readonly tookMs: number;
}

export interface MemberStep {
  readonly failures: Failure[];
  longestMs: number;
}

export interface Tally {
  operations: number;
  answered: number;
  /** Error code -> how often. */
  readonly failures: Map<string, number>;
}

/** Sequential clients on every member; everything that they do is recorded from the outside, with one clock. */
export class Clients {
  readonly tally: Tally = { operations: 0, answered: 0, failures: new Map() };
  readonly breaches: string[] = [];
  /** Of the current step: failures and the longest answer, by member. */
  readonly step = new Map<string, MemberStep>();
  readonly #crew: Crew;
  readonly #random: Random;
  readonly #thinkMs: number;
  #record: StepRecord = emptyRecord();
  #registers: RegisterRecord[] = [];
  #counters: CounterRecord[] = [];
  #tokens: TokenRecord[] = [];
  /** Value -> version that some client was shown with it. */
  readonly #versions = new Map<string, string>();
  #names = 0;
  #underWay = 0;
  #running = false;
  #loops: Promise<void>[] = [];

  constructor(crew: Crew, random: Random, thinkMs: number) {
    this.#crew = crew;
    this.#random = random;
    this.#thinkMs = thinkMs;
  }

  begin(perMember: number): void {
    this.#running = true;
    this.#record = emptyRecord();
    this.#registers = [];
    this.#counters = [];
    this.#tokens = [];
    this.#versions.clear();
    this.step.clear();
    this.#loops = this.#crew.names.flatMap((name) => Array.from({ length: perMember }, () => this.#loop(name)));
  }

  /** No new operations; waits for those under way, reads back what must be there, and hands out what was recorded. */
  async end(): Promise<StepRecord> {
    this.#running = false;
    await Promise.all(this.#loops);
    if (this.#underWay !== 0) this.breaches.push(`R5 ${this.#underWay} operations never ended`);
    await this.#readBack();
    return this.#record;
  }

  async #loop(name: string): Promise<void> {
    while (this.#running) {
      const member = this.#crew.members.get(name);
      if (member === undefined || !member.isStarted) {
        await delay(refusedPauseMs);
        continue;
      }
      const answered = await this.#act(member);
      await delay(answered ? this.#random.about(this.#thinkMs) : refusedPauseMs);
    }
  }

  #act(member: MemberHandle): Promise<boolean> {
    const draw = this.#random.next();
    if (draw < 0.45) return this.#register(member);
    if (draw < 0.65) return this.#count(member);
    if (draw < 0.82) return this.#token(member);
    return this.#element(member);
  }

  async #register(member: MemberHandle): Promise<boolean> {
    const register = this.#pick(this.#registers, registersAtATime, () => {
      const fresh: RegisterRecord = { ...this.#key('register'), operations: [], unknown: 0 };
      this.#record.registers.push(fresh);
      return fresh;
    });
    const name = this.#random.pick(registerMix);
    this.#names += 1;
    const value = `v${this.#names}`;
    const shown = [...register.operations].reverse().find(({ input, output }) => input.type === 'get' && output?.value != null);
    const expected = shown?.output?.value ?? undefined;
    const version = expected === undefined ? undefined : this.#versions.get(expected);
    const versioned = name === 'replaceIfVersion' || name === 'removeIfVersion';
    if (versioned && (expected === undefined || version === undefined)) return true;
    const input = inputOf(name, value, expected ?? '');
    const calledAt = performance.now();
    const outcome = await this.#operate(member, { name, owners: register.owners, key: register.key, value, version });
    const output = outcome === undefined ? undefined : outputOf(name, outcome);
    register.operations.push({ input, output, calledAt, returnedAt: output === undefined ? never : performance.now() });
    if (output === undefined) register.unknown += 1;
    if (name === 'get' && outcome?.value !== undefined && outcome.version !== undefined) this.#versions.set(outcome.value, outcome.version);
    if (register.operations.length >= maxOperationsPerKey || register.unknown >= maxUnknownPerKey)
      this.#registers = this.#registers.filter((each) => each !== register);
    return output !== undefined;
  }

  async #count(member: MemberHandle): Promise<boolean> {
    const counter = this.#pick(this.#counters, countersAtATime, () => {
      const fresh: CounterRecord = { ...this.#key('counter'), increments: [], reads: [], final: undefined };
      this.#record.counters.push(fresh);
      return fresh;
    });
    const calledAt = performance.now();
    if (this.#random.chance(0.25)) {
      const outcome = await this.#operate(member, { name: 'get', owners: counter.owners, key: counter.key });
      const version = outcome?.version === undefined ? undefined : parseVersion(outcome.version);
      if (version !== undefined) counter.reads.push({ ...version, calledAt, returnedAt: performance.now() });
      return outcome !== undefined;
    }
    const outcome = await this.#operate(member, { name: 'add', owners: counter.owners, key: counter.key });
    const answer = outcome?.value === undefined ? undefined : Number(outcome.value);
    counter.increments.push({ calledAt, returnedAt: answer === undefined ? never : performance.now(), answer });
    return outcome !== undefined;
  }

  async #token(member: MemberHandle): Promise<boolean> {
    const open = this.#tokens[0];
    const calledAt = performance.now();
    if (open !== undefined && this.#random.chance(0.8)) {
      const attempt = { calledAt, returnedAt: never, won: undefined as boolean | undefined };
      // Counted before it is sent, so that no token is taken by more clients than planned.
      if (open.takes.push(attempt) >= takersPerToken) this.#tokens.shift();
      const outcome = await this.#operate(member, { name: 'getAndRemove', owners: open.owners, key: open.key });
      if (outcome !== undefined) {
        attempt.won = outcome.found === true;
        attempt.returnedAt = performance.now();
      }
      return outcome !== undefined;
    }
    const token: TokenRecord = { ...this.#key('token'), putAt: undefined, putCalledAt: calledAt, takes: [] };
    this.#record.tokens.push(token);
    const outcome = await this.#operate(member, { name: 'put', owners: token.owners, key: token.key, value: 'token' });
    if (outcome !== undefined) token.putAt = performance.now();
    this.#tokens.push(token);
    return outcome !== undefined;
  }

  async #element(member: MemberHandle): Promise<boolean> {
    const element: ElementRecord = { ...this.#key('element'), calledAt: performance.now(), acknowledgedAt: undefined, found: undefined };
    this.#record.elements.push(element);
    const outcome = await this.#operate(member, { name: 'putIfAbsent', owners: element.owners, key: element.key, value: 'here' });
    if (outcome?.found === false) element.acknowledgedAt = performance.now();
    else if (outcome?.found === true) this.breaches.push(`D3 ${element.key} was put once and was there already`);
    return outcome !== undefined;
  }

  /** Undefined: nobody knows how it ended. */
  async #operate(member: MemberHandle, operation: Operation): Promise<Outcome | undefined> {
    const step = this.step.get(member.name) ?? { failures: [], longestMs: 0 };
    this.step.set(member.name, step);
    this.tally.operations += 1;
    this.#underWay += 1;
    const calledAt = performance.now();
    try {
      const outcome = await member.operate(operation);
      this.tally.answered += 1;
      return outcome;
    } catch (error) {
      const code = (error as Error).message;
      this.tally.failures.set(code, (this.tally.failures.get(code) ?? 0) + 1);
      const { name, key } = operation;
      if (code !== 'gone') step.failures.push({ code, operation: name, key, calledAt, tookMs: performance.now() - calledAt });
      return undefined;
    } finally {
      this.#underWay -= 1;
      step.longestMs = Math.max(step.longestMs, performance.now() - calledAt);
    }
  }

  #pick<T>(open: T[], atATime: number, make: () => T): T {
    if (open.length < atATime) open.push(make());
    return this.#random.pick(open);
  }

  #key(kind: string): { readonly key: string; readonly owners: Owners } {
    this.#names += 1;
    return { key: `${kind}-${this.#names}`, owners: this.#random.pick(owners) };
  }

  async #readBack(): Promise<void> {
    const read = async ({ key, owners }: { readonly key: string; readonly owners: Owners }): Promise<Outcome | undefined> => {
      const member = this.#random.pick(this.#crew.started);
      return member === undefined ? undefined : this.#operate(member, { name: 'get', owners, key });
    };
    const { counters, elements } = this.#record;
    for (const counter of counters) {
      const outcome = await read(counter);
      if (outcome !== undefined) counter.final = Number(outcome.value ?? '0');
    }
    for (let start = 0; start < elements.length; start += readBackAtATime) {
      await Promise.all(
        elements.slice(start, start + readBackAtATime).map(async (element) => {
          const outcome = await read(element);
          if (outcome !== undefined) element.found = outcome.found === true;
        }),
      );
    }
  }
}

function inputOf(name: (typeof registerMix)[number], value: string, expected: string): RegisterInput {
  switch (name) {
    case 'get':
    case 'remove':
    case 'getAndRemove':
      return { type: name };
    case 'replaceIfVersion':
      return { type: name, value, expected };
    case 'removeIfVersion':
      return { type: name, expected };
    default:
      return { type: name, value };
  }
}

function outputOf(name: (typeof registerMix)[number], { found, value }: Outcome): RegisterOutput {
  const hands = name === 'get' || name === 'putIfAbsent' || name === 'getAndRemove';
  return { found, value: hands ? (value ?? null) : null };
}
