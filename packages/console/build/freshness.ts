import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './vite-options.ts';

const mark = join(packageFolder, 'dist', 'built-from');

/** Digest of everything that the build depends on: sources of the shells, build scripts, pinned versions. */
function digestOfInputs(): string {
  const digest = createHash('sha256').update(readFileSync(join(packageFolder, 'package.json')));
  for (const folder of ['web', 'build']) {
    for (const name of readdirSync(join(packageFolder, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      const path = join(packageFolder, folder, name);
      if (statSync(path).isFile()) digest.update(name).update(readFileSync(path));
    }
  }
  return digest.digest('hex');
}

/** Whether dist/ was built from what is there now. */
export function isFresh(): boolean {
  return existsSync(mark) && readFileSync(mark, 'utf8') === digestOfInputs();
}

/** Notes what dist/ was built from. */
export function markFresh(): void {
  writeFileSync(mark, digestOfInputs());
}
