import { readFileSync, writeFileSync } from 'node:fs';
import { type FocusSet, focusSets } from './focus-sets.ts';
import type { RunOptions } from './run.ts';

/** A run that once showed a fault in the code of the grid, and what the code does since. */
export interface Regression {
  readonly seed: number;
  readonly what: string;
  readonly focus?: FocusSet | undefined;
  readonly majority?: boolean | undefined;
  readonly nodes?: number | undefined;
  readonly minutes?: number | undefined;
  /** The fewest faults that showed it; without: what the seed brings. */
  readonly plan?: RunOptions['plan'];
}

const file = new URL('./regressions.json', import.meta.url);

export function readRegressions(): Regression[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Regression[];
}

export function addRegression(regression: Regression): void {
  writeFileSync(file, `${JSON.stringify([...readRegressions(), regression], undefined, 1)}\n`);
}

export function optionsOf({ seed, focus, majority, nodes, minutes, plan }: Regression): RunOptions {
  return { seed, majority, nodes, minutes, plan, focus: focus && focusSets[focus] };
}
