import { faultKinds } from './faults.ts';
import type { RunResult } from './run.ts';
import { deaths, encounters } from './situations.ts';

/** What many runs came to. */
export class Summary {
  seeds = 0;
  failed = 0;
  events = 0;
  views = 0;
  operations = 0;
  answered = 0;
  cutShort = 0;
  undecided = 0;
  slowestMs = 0;
  readonly #faults = new Map<string, number>();
  readonly #encounters = new Map<string, number>();

  add(result: RunResult): void {
    this.seeds += 1;
    if (result.violations.length > 0) this.failed += 1;
    this.events += result.events;
    this.views += result.epochs;
    this.operations += result.operations;
    this.answered += result.answered;
    this.cutShort += result.cutShort;
    this.undecided += result.undecided;
    this.slowestMs = Math.max(this.slowestMs, result.healedMs ?? 0);
    for (const [kind, count] of result.faults) this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + count);
    for (const [name, count] of result.encounters) this.#encounters.set(name, (this.#encounters.get(name) ?? 0) + count);
  }

  /** Faults, and deaths in the middle of something, that never happened. */
  missing(): string[] {
    return [
      ...faultKinds.filter((kind) => !this.#faults.has(kind)),
      ...encounters.map(([situation, death]) => `${situation} ${death}`).filter((name) => !this.#encounters.has(name)),
    ];
  }

  lines(seconds: number): string[] {
    const met = (situation: string) => deaths.map((death) => `${death} ${this.#encounters.get(`${situation} ${death}`) ?? 0}`).join(', ');
    return [
      `seeds: ${this.seeds} in ${seconds.toFixed(1)} s; slowest agreement after the faults ${this.slowestMs.toFixed(0)} ms`,
      `events: ${this.events}, views: ${this.views}`,
      `operations: ${this.operations}, answered: ${this.answered}`,
      `keys judged up to the loss of all their owners: ${this.cutShort}, undecided: ${this.undecided}`,
      `faults: ${faultKinds.map((kind) => `${kind} ${this.#faults.get(kind) ?? 0}`).join(', ')}`,
      ...[...new Set(encounters.map(([situation]) => situation))].map((situation) => `deaths in ${situation}: ${met(situation)}`),
    ];
  }
}
