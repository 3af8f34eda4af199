import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { CommandServices } from './cli/command-services.ts';
import { processTerminal } from './cli/process-terminal.ts';
import { productServices } from './cli/product-services.ts';
import { runCommandLine } from './cli/run.ts';

/**
 * Keeps compiled code beside the sources, where only who may change the sources may write; the commands load what they need after this.
 * Without leave to write there is no cache.
 */
function keepCompiledCode(): void {
  enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? join(import.meta.dirname, '..', 'dist', 'compile-cache'));
}

/** Runs the command line `argv` (without the program's name): 0 done, 1 a start or command that failed, 2 refused by validation, 143 or 130 after a stop signal. */
export function run(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  services: CommandServices = productServices,
): Promise<number> {
  return runCommandLine(argv, environment, processTerminal(), services);
}

/** The process's own command line. Ends the process: whatever still runs after the command's end is not waited for. */
export async function main(): Promise<void> {
  keepCompiledCode();
  process.exit(await run(process.argv.slice(2), process.env));
}

if (import.meta.main) await main();
