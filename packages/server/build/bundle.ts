import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * What stays outside: native code, what is found by its place on the disk, what is installed only where it is wanted, and large libraries that
 * are loaded by the first use.
 */
const OUTSIDE = [
  '@keygrid/embedded-postgres',
  '@node-rs/argon2',
  'udx-native',
  'msgpackr-extract',
  'pg-native',
  'ioredis',
  /^@aws-sdk\//,
  /^@azure\//,
  /^@google-cloud\//,
  'nodemailer',
  'node-forge',
  'jks-js',
];

/**
 * Puts the server, the grid and their libraries into few minified files: the runtime keeps the text of every module that it loaded, and what it
 * compiled of it. `keygrid.js` is what `main.ts` is; the parts lie as deep below the package as the sources do, since these find its files by that.
 * @param dist folder `dist` of the package
 */
export async function bundleServer(dist: string): Promise<void> {
  rmSync(join(dist, 'bundle'), { recursive: true, force: true });
  const bundle = await rolldown({
    input: { keygrid: join(packageFolder, 'src', 'main.ts') },
    platform: 'node',
    external: OUTSIDE,
    logLevel: 'warn',
  });
  try {
    await bundle.write({
      dir: dist,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'bundle/[name]-[hash].js',
      minify: true,
      // Errors are told apart by name, and stack traces are read by people.
      keepNames: true,
    });
  } finally {
    await bundle.close();
  }
}
