import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';

const FLUSH_AFTER_MS = 10_000;

/**
 * Keeps compiled code beside the sources, where only who may change the sources may write. Without leave to write there is no cache. It is
 * written at the end of the process, and before that once what a start needs has been loaded: who is killed leaves it behind as well.
 */
function keepCompiledCode(): void {
  enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? join(import.meta.dirname, '..', 'dist', 'compile-cache'));
  setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref();
}

/**
 * The process's own command line. Ends the process: whatever still runs after the command's end is not waited for. Everything is imported
 * after the cache is there, since what is imported before is compiled anew each time.
 */
export async function main(): Promise<void> {
  keepCompiledCode();
  const { run } = await import('./cli/run-process.ts');
  process.exit(await run(process.argv.slice(2), process.env));
}

if (import.meta.main) await main();
