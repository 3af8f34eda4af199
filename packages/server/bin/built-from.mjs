import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), '..');
const repository = join(packageFolder, '..', '..');
const INPUTS = ['packages/server/src', 'packages/grid/src', 'packages/console/src', 'packages/server/build', 'package-lock.json'];

/** Names, sizes and times of what a build reads: 1,500 files in a few milliseconds, where their content would take longer than the build saves. */
function inputs() {
  const digest = createHash('sha256');
  const add = (name, path) => {
    const { size, mtimeMs } = statSync(path);
    digest.update(`${name} ${size} ${mtimeMs}\n`);
  };
  for (const input of INPUTS) {
    const path = join(repository, input);
    if (!statSync(path).isDirectory()) add(input, path);
    else for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()) add(name, join(path, name));
  }
  return digest.digest('hex');
}

const mark = (dist) => join(dist, 'bundle', 'built-from');

/** Notes beside a build what it was made from. */
export function markBuilt(dist) {
  writeFileSync(mark(dist), inputs());
}

/**
 * The file to run: of a checkout the build, as long as no source has changed since, else the sources; of a package without sources what it has.
 * @returns {string} absolute path
 */
export function mainFile() {
  const dist = join(packageFolder, 'dist');
  const built = join(dist, 'keygrid.js');
  const source = join(packageFolder, 'src', 'main.ts');
  if (!existsSync(source)) return built;
  try {
    return existsSync(built) && readFileSync(mark(dist), 'utf8') === inputs() ? built : source;
  } catch {
    // A checkout without the other packages' sources, or a build that was interrupted.
    return source;
  }
}
