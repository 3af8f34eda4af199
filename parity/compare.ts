import type { Difference } from './differences.ts';
import type { Trace } from './talk.ts';

/** One thing that the two servers show differently; undefined where one does not show it. */
export interface Departure {
  readonly step: string;
  readonly entry: string;
  readonly original: string | undefined;
  readonly here: string | undefined;
}

/** What differs between the original's trace and this server's. */
export function departures(original: Trace, here: Trace): Departure[] {
  const found: Departure[] = [];
  for (const step of new Set([...Object.keys(original), ...Object.keys(here)])) {
    const theirs = original[step] ?? {};
    const ours = here[step] ?? {};
    for (const entry of new Set([...Object.keys(theirs), ...Object.keys(ours)]))
      if (theirs[entry] !== ours[entry]) found.push({ step, entry, original: theirs[entry], here: ours[entry] });
  }
  return found;
}

function fits(wanted: string | RegExp | undefined, value: string): boolean {
  return wanted === undefined || (typeof wanted === 'string' ? wanted === value : wanted.test(value));
}

/** Whether a departure is one that stands in the table of deliberate differences. */
export function explains(difference: Difference, walk: string, departure: Departure): boolean {
  return (
    fits(difference.walk, walk) &&
    fits(difference.step, departure.step) &&
    fits(difference.entry, departure.entry) &&
    fits(difference.original, departure.original ?? 'absent') &&
    fits(difference.here, departure.here ?? 'absent')
  );
}

export function describeDeparture(walk: string, { step, entry, original, here }: Departure): string {
  return `${walk} | ${step} | ${entry}: original ${original ?? 'absent'}, here ${here ?? 'absent'}`;
}
