import { ConfigurationError } from './configuration-error.ts';
import type { OptionDeclaration, ValueView } from './option.ts';
import type { RawValue } from './sources.ts';
import { nearestNames } from './suggest.ts';

/** How messages call the program, and the command that was asked for. */
export interface Invocation {
  readonly program: string;
  readonly command: string;
}

export function helpHint({ program, command }: Invocation): string {
  return `Try '${[program, command, '--help'].filter((part) => part !== '').join(' ')}' for more information on the available options.`;
}

/** "Possible solutions: …" for a name, or nothing where no name is near. */
export function possibleSolutions(name: string, known: Iterable<string>): readonly string[] {
  const near = nearestNames(
    name,
    [...known].filter((candidate) => candidate !== name),
  );
  return near.length === 0 ? [] : [`Possible solutions: ${near.map((candidate) => `--${candidate}`).join(', ')}`];
}

/** An option that the command does not know. */
export function unknownOption(argument: string, known: Iterable<string>, invocation: Invocation): ConfigurationError {
  const near = argument.startsWith('--') ? possibleSolutions(argument.slice(2), known) : [];
  return new ConfigurationError(`Unknown option: '${argument}'`, [...near, helpHint(invocation)]);
}

/** An option on the command line whose condition does not hold. */
function disabledOption(
  value: RawValue,
  option: OptionDeclaration<unknown>,
  known: Iterable<string>,
  invocation: Invocation,
): ConfigurationError {
  if (option.condition?.refusal === 'short') return new ConfigurationError(`${value.name} available only when ${option.condition.text}`);
  return new ConfigurationError(`Disabled option: ${value.shownAs}. Available only when ${option.condition?.text ?? ''}`, [
    ...possibleSolutions(value.name, known),
    helpHint(invocation),
    "Specify '--help-all' to obtain information on all options and their availability.",
  ]);
}

/** Reads one value, or says what is wrong with it. A secret's text stays out of the message. */
export function readValue(value: RawValue, option: OptionDeclaration<unknown>): unknown {
  const enumerated = option.kind.type === 'boolean' || (option.kind.type === 'enum' && option.kind.strict !== false);
  if (value.text === '' && !enumerated) throw new ConfigurationError(`Invalid empty value for option ${value.shownAs}`);
  const reading = option.kind.read(value.text);
  if ('value' in reading) return reading.value;
  if ('message' in reading) throw new ConfigurationError(reading.message);
  throw new ConfigurationError(`Invalid value for option ${value.shownAs}: ${reading.problem}`);
}

export interface Judged {
  /** The values that count. */
  readonly values: ReadonlyMap<string, RawValue>;
  readonly warnings: readonly string[];
}

/**
 * Judges every value that was set: condition, type, allowed values. A disabled option is refused on the command line; in the environment or the
 * file it is reported and left out, since those are shared by commands and nodes.
 */
export function judge(
  values: ReadonlyMap<string, RawValue>,
  known: ReadonlyMap<string, OptionDeclaration<unknown>>,
  view: ValueView,
  invocation: Invocation,
): Judged {
  const kept = new Map(values);
  const disabled: string[] = [];
  const deprecated: string[] = [];
  const inert: string[] = [];
  for (const value of values.values()) {
    const option = known.get(value.name);
    if (option === undefined) {
      if (/^(?:tracing|telemetry)(?:-[a-z]+)?-header-/.test(value.name)) inert.push(`\t- ${value.name}: nothing is exported`);
      continue;
    }
    if (option.condition !== undefined && option.condition.refusal !== 'help' && !option.condition.holds(view)) {
      if (value.kind === 'CLI') throw disabledOption(value, option, known.keys(), invocation);
      disabled.push(`\t- ${value.name}: Available only when ${option.condition.text}`);
      kept.delete(value.name);
      continue;
    }
    readValue(value, option);
    const instead = option.deprecatedValues?.[value.text];
    if (instead !== undefined) deprecated.push(`\t- ${value.name}=${value.text}: ${instead}`);
    const isAsItIs = option.kind.type === 'boolean' && value.text === option.default;
    if (option.inert !== undefined && !isAsItIs) inert.push(`\t- ${value.name}: ${option.inert}`);
    for (const [part, reason] of Object.entries(option.inertValues ?? {})) {
      if (value.text.split(',').some((one) => one.trim() === part)) inert.push(`\t- ${value.name}=${part}: ${reason}`);
    }
  }
  const warnings: string[] = [];
  if (disabled.length > 0) warnings.push(`The following options are not available and are ignored:\n${disabled.join('\n')}`);
  if (deprecated.length > 0) {
    warnings.push(
      `The following used options or option values are DEPRECATED and will be removed or their behaviour changed in a future release:\n${deprecated.join('\n')}`,
    );
  }
  if (inert.length > 0) warnings.push(`The following options have no effect in this server:\n${inert.join('\n')}`);
  return { values: kept, warnings };
}
