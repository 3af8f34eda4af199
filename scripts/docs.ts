// Writes the generated reference pages; `--check` only compares and names what is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './checks/repository.ts';
import { referencePages } from './docs/pages.ts';

const checkOnly = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, text] of await referencePages()) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (checkOnly) {
    stale.push(path);
    continue;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote ${path}`);
}
if (stale.length > 0) {
  console.error(`These generated pages are stale: ${stale.join(', ')}. Run: npm run docs`);
  process.exitCode = 1;
}
