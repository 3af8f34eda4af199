import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './vite-options.ts';

const modules = join(packageFolder, '../../node_modules');

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Writes dist/THIRD-PARTY.txt: every package whose code may be in the bundles, with version, licence and the licence's text. */
export function writeThirdParty(): void {
  const found = new Map<string, string>();
  const own = manifestOf(packageFolder) as { devDependencies?: Readonly<Record<string, string>> } | undefined;
  for (const name of Object.keys(own?.devDependencies ?? {})) {
    if (name !== 'vite' && !name.startsWith('@types/')) collect(name, [modules], found);
  }
  const parts = [...found].sort(([a], [b]) => a.localeCompare(b)).map(([, text]) => text);
  writeFileSync(join(packageFolder, 'dist', 'THIRD-PARTY.txt'), `${parts.join(`\n${'-'.repeat(80)}\n`)}\n`);
}

function manifestOf(folder: string): Manifest | undefined {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : undefined;
}

/** Looks where Node would: in the nearest node_modules first. */
function collect(name: string, places: readonly string[], found: Map<string, string>): void {
  const folder = places.map((place) => join(place, name)).find((one) => existsSync(join(one, 'package.json')));
  const manifest = folder === undefined ? undefined : manifestOf(folder);
  if (folder === undefined || manifest === undefined) return;
  const key = `${name} ${manifest.version}`;
  if (found.has(key)) return;
  const license = readdirSync(folder).find((file) => /^(?:licen[cs]e|copying)(?:\.\w+)?$/i.test(file));
  const text = license === undefined ? '(the package brings no licence file)' : readFileSync(join(folder, license), 'utf8').trim();
  found.set(key, `${key}, ${manifest.license ?? 'no licence named'}\n\n${text}\n`);
  for (const next of Object.keys(manifest.dependencies ?? {})) collect(next, [join(folder, 'node_modules'), ...places], found);
}
