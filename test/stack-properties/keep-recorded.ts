import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, propertyCases } from './cases.ts';
import type { RecordedStart } from './recorded-start.ts';

/** What was asked: its stacks alone, all in one process and with their own words, or the whole server. */
export type Asked = 'stacks' | 'server';

const pathOf = (asked: Asked): string => join(import.meta.dirname, asked === 'stacks' ? 'recorded.json' : 'recorded-server.json');

/** What was recorded of the original, by the names of the cases. */
export function readRecorded(asked: Asked = 'stacks'): Readonly<Record<string, RecordedStart>> {
  const path = pathOf(asked);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** Writes what was found into the recording, in the order of the cases; cases that are no more go. */
export function keepRecorded(found: Readonly<Record<string, RecordedStart>>, asked: Asked = 'stacks'): void {
  const all = { ...readRecorded(asked), ...found };
  const names = propertyCases.map(nameOf).filter((name) => all[name] !== undefined);
  writeFileSync(pathOf(asked), `${JSON.stringify(Object.fromEntries(names.map((name) => [name, all[name]])), null, 1)}\n`);
}
