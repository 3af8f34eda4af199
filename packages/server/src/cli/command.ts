import type { Configuration, Mode } from '../config/configuration.ts';
import type { OptionFamily } from '../config/options/index.ts';
import type { Logger } from '../observability/logger.ts';
import type { CommandServices } from './command-services.ts';
import type { Terminal } from './terminal.ts';

/** An argument that belongs to one command and is no server option: it has no place in the environment or the file. */
export interface CommandArgument {
  readonly name: string;
  /** Undefined: it stands alone. */
  readonly label?: string;
  readonly help: string;
}

/** What a command gets to work with. */
export interface CommandInput {
  readonly configuration: Configuration;
  readonly logger: Logger;
  /** The command's own arguments; those that stand alone are `true`. */
  readonly arguments: ReadonlyMap<string, string | true>;
  readonly positionals: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly services: CommandServices;
}

/** One command of the command line; its name is one word, or two for a subcommand. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly mode: Mode;
  readonly families: readonly OptionFamily[];
  readonly arguments: readonly CommandArgument[];
  /** Whether words without dashes are taken. */
  readonly takesPositionals: boolean;
  /** Checks what a production start demands. */
  readonly demands: boolean;
  /** The exit code. */
  run(input: CommandInput): Promise<number>;
}
