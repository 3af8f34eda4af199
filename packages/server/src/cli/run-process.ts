import type { CommandServices } from './command-services.ts';
import { processTerminal } from './process-terminal.ts';
import { productServices } from './product-services.ts';
import { runCommandLine } from './run.ts';

/** Runs the command line `argv` (without the program's name): 0 done, 1 a start or command that failed, 2 refused by validation, 143 or 130 after a stop signal. */
export function run(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  services: CommandServices = productServices,
): Promise<number> {
  return runCommandLine(argv, environment, processTerminal(), services);
}
