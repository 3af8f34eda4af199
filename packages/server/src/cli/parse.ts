import { parseArgs } from 'node:util';
import { ConfigurationError } from '../config/configuration-error.ts';
import type { OptionDeclaration } from '../config/option.ts';
import { families, optionsOf } from '../config/options/index.ts';
import { canonicalName, fromCommandLine, type RawValue } from '../config/sources.ts';
import { nearestNames } from '../config/suggest.ts';
import { helpHint, type Invocation, unknownOption } from '../config/validate.ts';
import type { Command, CommandArgument } from './command.ts';

export const program = 'keygrid';

/** More arguments than this are a mistake. */
const MAX_ARGUMENTS = 2_000;

/** Arguments of every command. */
export const commonArguments: readonly CommandArgument[] = [
  { name: 'config-file', label: 'file', help: 'Configuration file to read instead of conf/keycloak.conf (also -cf).' },
  { name: 'help', help: 'This text (also -h).' },
  { name: 'help-all', help: 'This text with all options, also those that are not available now.' },
  { name: 'optimized', help: 'Accepted so that a Keycloak command line can be kept; there is nothing to build beforehand.' },
  { name: 'verbose', help: 'Shows the details of errors (also -v).' },
];

const globalArguments: readonly CommandArgument[] = [...commonArguments, { name: 'version', help: 'Shows the version (also -V).' }];

const shortNames: Readonly<Record<string, string>> = { '-h': '--help', '-v': '--verbose', '-V': '--version', '-cf': '--config-file' };

/** What the command line says, checked for names and form but not yet for values. */
export interface ParsedCommandLine {
  /** Undefined: no command was named. */
  readonly command: Command | undefined;
  readonly invocation: Invocation;
  readonly known: ReadonlyMap<string, OptionDeclaration<unknown>>;
  readonly options: readonly RawValue[];
  readonly arguments: ReadonlyMap<string, string | true>;
  readonly positionals: readonly string[];
  /** The `-Dname=value` words. */
  readonly properties: readonly string[];
}

/** Options that exist for every name of a feature, category, provider or header. */
function isWildcard(name: string): boolean {
  return /^(?:feature-[a-z0-9-]+|(?:tracing|telemetry|telemetry-logs|telemetry-metrics)-header-[A-Za-z0-9._-]+|log-level-[A-Za-z0-9._-]+|spi-[A-Za-z0-9]+[A-Za-z0-9-]*)$/.test(
    name,
  );
}

/** Splits `--config-file x command subcommand …` into the command's words and the rest. */
function findCommand(words: readonly string[], commands: readonly Command[]): { command: Command | undefined; rest: readonly string[] } {
  const at = words.findIndex((word, index) => !word.startsWith('-') && words[index - 1] !== '--config-file');
  const first = words[at];
  if (first === undefined) return { command: undefined, rest: words };
  const second = words[at + 1];
  const two = commands.find((command) => command.name === `${first} ${second ?? ''}`);
  if (two !== undefined) return { command: two, rest: words.toSpliced(at, 2) };
  const one = commands.find((command) => command.name === first);
  if (one !== undefined) return { command: one, rest: words.toSpliced(at, 1) };
  if (commands.some((command) => command.name.startsWith(`${first} `))) {
    if (words.includes('--help') || words.includes('--help-all')) return { command: undefined, rest: words.toSpliced(at, 1) };
    throw new ConfigurationError('Missing required subcommand', [helpHint({ program, command: first })]);
  }
  const near = nearestNames(
    first,
    commands.map((command) => command.name),
  ).slice(0, 3);
  throw new ConfigurationError(`Unknown option: '${first}'`, [
    ...(near.length === 0 ? [] : [`Did you mean: ${near.map((name) => `${program} ${name}`).join(' or ')}?`]),
    helpHint({ program, command: '' }),
  ]);
}

type Arity = 'flag' | 'optional' | 'value';

function arityOf(name: string, known: ReadonlyMap<string, OptionDeclaration<unknown>>, own: readonly CommandArgument[]): Arity | undefined {
  const argument = own.find((candidate) => candidate.name === name);
  if (argument !== undefined) return argument.label === undefined ? 'flag' : 'value';
  const option = known.get(canonicalName(name));
  if (option !== undefined) return option.flag === true ? 'optional' : 'value';
  return isWildcard(name) ? 'value' : undefined;
}

function labelOf(name: string, known: ReadonlyMap<string, OptionDeclaration<unknown>>, own: readonly CommandArgument[]): string {
  return own.find((candidate) => candidate.name === name)?.label ?? known.get(canonicalName(name))?.kind.label ?? 'value';
}

/** Reads the arguments after the program's name. Throws ConfigurationError for a name, form or word that the command does not know. */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): ParsedCommandLine {
  if (argv.length > MAX_ARGUMENTS) throw new ConfigurationError(`More than ${MAX_ARGUMENTS} arguments.`);
  const properties = argv.filter((word) => /^-D[^=]/.test(word));
  const words = argv.filter((word) => !/^-D[^=]/.test(word)).map((word) => shortNames[word] ?? word);
  const { command, rest } = findCommand(words, commands);
  const invocation: Invocation = { program, command: command?.name ?? '' };
  const known = optionsOf([...(command?.families ?? []), ...(command === undefined ? [] : [families.spi])]);
  const own = command === undefined ? globalArguments : [...commonArguments, ...command.arguments];
  const names = [...known.keys(), ...own.map((argument) => argument.name)];

  const given = rest.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=', 1)[0] ?? '');
  const types = Object.fromEntries(
    given.map((name) => [name, { type: arityOf(name, known, own) === 'value' ? ('string' as const) : ('boolean' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...rest], options: types, strict: false, allowPositionals: true, tokens: true });

  const options: RawValue[] = [];
  const found = new Map<string, string | true>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (command === undefined || !command.takesPositionals)
        throw new ConfigurationError(`Unknown option: '${token.value}'`, [helpHint(invocation)]);
      positionals.push(token.value);
    }
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    const arity = token.rawName.startsWith('--') ? arityOf(name, known, own) : undefined;
    if (arity === undefined) throw unknownOption(token.rawName, names, invocation);
    const isArgument = own.some((argument) => argument.name === name);
    if (arity === 'flag') {
      if (value !== undefined) throw new ConfigurationError(`Option '--${name}' takes no value.`, [helpHint(invocation)]);
      found.set(name, true);
    } else if (arity === 'optional') {
      options.push(fromCommandLine(name, value ?? 'true'));
    } else if (value === undefined || (token.inlineValue === false && value.startsWith('--'))) {
      const { allowed, strict } = known.get(canonicalName(name))?.kind ?? {};
      const values = allowed === undefined || strict === false ? '' : ` Expected values are: ${allowed.join(', ')}`;
      throw new ConfigurationError(`Option '--${name}' (${labelOf(name, known, own)}) expects a single value.${values}`, [
        helpHint(invocation),
      ]);
    } else if (isArgument) {
      found.set(name, value);
    } else {
      options.push(fromCommandLine(name, value));
    }
  }
  return { command, invocation, known, options, arguments: found, positionals, properties };
}
