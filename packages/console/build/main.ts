// Builds both consoles to dist/: `npm run build:console`. With --if-stale only where sources or versions have changed since.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { compressAll } from './compress.ts';
import { isFresh, markFresh } from './freshness.ts';
import { writeThirdParty } from './third-party.ts';
import { packageFolder, viteOptions } from './vite-options.ts';

const began = performance.now();
if (process.argv.includes('--if-stale') && isFresh()) process.exit(0);
console.log('Building the consoles (once) ...');
for (const name of ['admin', 'account'] as const) {
  await build(viteOptions(name));
  const target = join(packageFolder, 'dist', name);
  cpSync(join(packageFolder, 'web/public'), target, { recursive: true });
  if (name === 'account') cpSync(join(packageFolder, 'web/account/content.json'), join(target, 'content.json'));
  rmSync(join(target, 'public'), { recursive: true, force: true });
  compressAll(target);
}
writeThirdParty();
markFresh();
console.log(`  built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
