// Bundles the server to dist/: part of `npm run build`. bin/keygrid.mjs runs it as long as no source has changed since.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markBuilt } from '../bin/built-from.mjs';
import { bundleServer } from './bundle.ts';

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
const began = performance.now();
await bundleServer(dist);
markBuilt(dist);
console.log(`Bundled the server in ${((performance.now() - began) / 1000).toFixed(1)} s`);
