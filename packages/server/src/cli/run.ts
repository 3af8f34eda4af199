import type { Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { allOptions } from '../config/options/index.ts';
import { maskUrlSecrets } from '../config/show-config.ts';
import { viewOf } from '../config/values.ts';
import { ServerError } from '../http/errors.ts';
import { configuredLogger } from '../observability/configured-logger.ts';
import type { CommandServices } from './command-services.ts';
import { commands } from './commands/index.ts';
import { Interrupted } from './graceful-stop.ts';
import { renderCommandHelp, renderProgramHelp } from './help.ts';
import { type Environment, loadConfiguration } from './load-configuration.ts';
import { type ParsedCommandLine, parseCommandLine } from './parse.ts';
import { StartError } from './start-error.ts';
import { causeChain, explainFailure } from './start-failure.ts';
import type { Terminal } from './terminal.ts';
import { renderVersion } from './version.ts';

/** Done. */
const EXIT_OK = 0;
/** A start, or the work of a command, that fails. */
const EXIT_FAILED = 1;
/** Refused by validation. */
const EXIT_REFUSED = 2;

function showRefusal(error: ConfigurationError, terminal: Terminal): void {
  terminal.err(`${[error.message, ...error.hints].join('\n')}\n`);
}

/** The messages of an error and its causes; one that an outer message quotes already is left out. */
function causes(error: unknown): readonly string[] {
  const lines: string[] = [];
  for (const at of causeChain(error)) {
    const line = at instanceof Error ? at.message || at.name : String(at);
    if (!lines.some((known) => known.includes(line))) lines.push(line);
  }
  return lines;
}

function showFailure(error: unknown, configuration: Configuration, verbose: boolean, terminal: Terminal): void {
  const mode = configuration.mode === 'nonserver' ? undefined : configuration.mode;
  const explained = explainFailure(error, configuration);
  const lines = [
    mode === undefined ? `ERROR: Failed to run '${configuration.command}'` : `ERROR: Failed to start server in (${mode}) mode`,
    ...(explained === undefined ? causes(error) : [explained]).map((line) => `ERROR: ${maskUrlSecrets(line)}`),
  ];
  if (verbose && error instanceof Error) lines.push(maskUrlSecrets(error.stack ?? ''));
  if (!verbose) lines.push("More details: the same command with '--verbose'.");
  terminal.err(`${lines.join('\n')}\n`);
}

function showHelp(parsed: ParsedCommandLine, environment: Environment, terminal: Terminal): void {
  if (parsed.command === undefined) {
    terminal.out(renderProgramHelp(commands, terminal.columns));
    return;
  }
  const { command } = parsed;
  const all = parsed.arguments.has('help-all');
  // What is available depends on what is set; where that is refused, the help shows the state of the defaults.
  const configuration = silently(() => loadConfiguration({ ...parsed, command: { ...command, demands: false } }, environment));
  const set = (configuration?.shown ?? []).map((value) => [value.name, { ...value, kind: 'CLI', shownAs: '' } as const] as const);
  const view = viewOf(new Map(set), command.mode, configuration?.features ?? new Map());
  terminal.out(renderCommandHelp(command, all, (name) => allOptions.get(name)?.condition?.holds(view) ?? true, terminal.columns));
}

function silently<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** A value that only the part that uses it could judge is a refusal all the same. */
function refusalIn(error: unknown): ConfigurationError | undefined {
  if (error instanceof ConfigurationError) return error;
  const judgedLate = error instanceof ServerError && !(error instanceof StartError) && error.code === 'KG_BAD_CONFIGURATION';
  return judgedLate ? new ConfigurationError(error.message, [], { cause: error }) : undefined;
}

/** Runs one command line to its end and says how it ended. */
export async function runCommandLine(
  argv: readonly string[],
  environment: Environment,
  terminal: Terminal,
  services: CommandServices,
): Promise<number> {
  let parsed: ParsedCommandLine;
  let configuration: Configuration;
  try {
    parsed = parseCommandLine(argv, commands);
    const asksHelp = parsed.arguments.has('help') || parsed.arguments.has('help-all');
    if (parsed.arguments.has('version')) {
      terminal.out(renderVersion());
      return EXIT_OK;
    }
    if (asksHelp || parsed.command === undefined) {
      showHelp(parsed, environment, terminal);
      return EXIT_OK;
    }
    configuration = loadConfiguration(parsed, environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    showRefusal(error, terminal);
    return EXIT_REFUSED;
  }
  const verbose = parsed.arguments.has('verbose');
  try {
    const logger = configuredLogger(configuration);
    for (const warning of configuration.warnings) terminal.err(`${warning}\n`);
    return await parsed.command.run({
      configuration,
      logger,
      arguments: parsed.arguments,
      positionals: parsed.positionals,
      environment,
      terminal,
      services,
    });
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal !== undefined) {
      showRefusal(refusal, terminal);
      return EXIT_REFUSED;
    }
    if (error instanceof Interrupted) return error.exitCode;
    showFailure(error, configuration, verbose, terminal);
    return EXIT_FAILED;
  }
}
