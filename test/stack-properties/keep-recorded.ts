import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, propertyCases } from './cases.ts';
import type { RecordedStart } from './recorded-start.ts';

const path = join(import.meta.dirname, 'recorded.json');

/** What was recorded of the original, by the names of the cases. */
export function readRecorded(): Readonly<Record<string, RecordedStart>> {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** Writes what was found into the recording, in the order of the cases; cases that are no more go. */
export function keepRecorded(found: Readonly<Record<string, RecordedStart>>): void {
  const all = { ...readRecorded(), ...found };
  const names = propertyCases.map(nameOf).filter((name) => all[name] !== undefined);
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(names.map((name) => [name, all[name]])), null, 1)}\n`);
}
