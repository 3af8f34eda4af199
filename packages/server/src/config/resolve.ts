import { join } from 'node:path';
import type { Configuration, Mode } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { OptionDeclaration } from './option.ts';
import { allOptions, type OptionName, type OptionValue } from './options/index.ts';
import { checkProduction, checkRules, productionWarnings, type RuleInput } from './rules.ts';
import { shownValues } from './show-config.ts';
import { fromEnvironment, fromFile, fromSystemProperties, type RawValue } from './sources.ts';
import { systemPropertyTwins } from './system-properties.ts';
import { helpHint, type Invocation, judge, readValue } from './validate.ts';
import { defaultText, featuresOf, featuresWithoutEffect, strongest, viewOf } from './values.ts';

/** Everything that a configuration is made from; the outside world is already read. */
export interface ResolveInput {
  readonly invocation: Invocation;
  readonly mode: Mode;
  /** Options that the command knows; values of others in the environment or the file are left alone. */
  readonly known: ReadonlyMap<string, OptionDeclaration<unknown>>;
  readonly commandLine: readonly RawValue[];
  readonly systemProperties: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Keys and values of the configuration file, and its name. */
  readonly file?: { readonly name: string; readonly properties: ReadonlyMap<string, string> } | undefined;
  readonly homeDirectory: string;
  readonly fileExists: (path: string) => boolean;
  /** Checks what a production start demands; false for commands that only look. */
  readonly demands: boolean;
}

/** System properties that stand for options: they fill a gap, and give way to an option with a warning. */
function withTwins(
  values: ReadonlyMap<string, RawValue>,
  properties: ReadonlyMap<string, string>,
): { values: ReadonlyMap<string, RawValue>; warnings: string[] } {
  const result = new Map(values);
  const warnings: string[] = [];
  for (const [name, twins] of Object.entries(systemPropertyTwins)) {
    const property = twins.find((twin) => properties.has(twin));
    if (property === undefined) continue;
    const option = result.get(name);
    if (option === undefined) {
      result.set(name, {
        name,
        text: properties.get(property) ?? '',
        kind: 'SystemProperty',
        source: 'SysPropConfigSource',
        shownAs: `'${property}'`,
      });
    } else {
      warnings.push(`Conflicting system property '${property}' and CLI arg '${name}' set, utilising CLI value '${option.text}'`);
    }
  }
  return { values: result, warnings };
}

function duplicateWarning(commandLine: readonly RawValue[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const value of commandLine) (seen.has(value.name) ? twice : seen).add(value.name);
  return twice.size === 0 ? [] : [`WARNING: Duplicated options present in CLI: ${[...twice].map((name) => `--${name}`).join(', ')}`];
}

function checkCommandLineSyntax(input: ResolveInput): void {
  const levels = ['off', 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'all'];
  for (const value of input.commandLine) {
    if (value.name.startsWith('log-level-') && !levels.includes(value.text.toLowerCase())) {
      throw new ConfigurationError(
        `Invalid value for option ${value.shownAs}: ${value.text}. Expected values are (case insensitive): ${levels.join(', ')}`,
        [helpHint(input.invocation)],
      );
    }
  }
}

/**
 * Resolves, judges and types the options: command line over system properties over environment over file over defaults. Throws ConfigurationError for
 * the first thing that is wrong.
 */
export function resolveConfiguration(input: ResolveInput): Configuration {
  checkCommandLineSyntax(input);
  const all = strongest([
    ...(input.file === undefined ? [] : fromFile(input.file.properties, input.file.name)),
    ...fromEnvironment(input.environment),
    ...fromSystemProperties(input.systemProperties),
    ...input.commandLine,
  ]);
  const twins = withTwins(all, input.systemProperties);
  const features = featuresOf(twins.values);
  const relevant = new Map([...twins.values].filter(([name]) => input.known.has(name) || !allOptions.has(name)));
  const judged = judge(relevant, input.known, viewOf(relevant, input.mode, features), input.invocation);
  const values = judged.values;
  const isSet = (name: string): boolean => values.has(name);
  const rule: RuleInput = {
    view: viewOf(values, input.mode, features),
    isSet,
    fileExists: input.fileExists,
    confDirectory: join(input.homeDirectory, 'conf'),
  };
  const warnings = [...duplicateWarning(input.commandLine), ...twins.warnings, ...judged.warnings];
  const foreign = featuresWithoutEffect(values);
  if (foreign.length > 0) warnings.push(`The following features do not exist in this server: ${foreign.join(', ')}`);
  if (input.demands) {
    checkRules(rule);
    if (input.mode === 'production') {
      checkProduction(rule);
      warnings.push(...productionWarnings(rule));
    }
  }

  const typed = new Map<string, unknown>();
  for (const [name, option] of allOptions) {
    const text = values.get(name)?.text ?? defaultText(name, option, input.mode, isSet);
    if (text !== undefined) {
      typed.set(name, readValue(values.get(name) ?? { name, text, kind: 'File', source: 'default', shownAs: `'--${name}'` }, option));
    }
  }
  const prefixed = [...values.values()].filter((value) => value.name.startsWith('log-level-'));
  return {
    command: input.invocation.command,
    mode: input.mode,
    homeDirectory: input.homeDirectory,
    features,
    warnings,
    categoryLevels: new Map(prefixed.map((value) => [value.name.slice('log-level-'.length), value.text.toLowerCase()])),
    shown: shownValues([...all.values()]),
    // The map holds what the declaration of that very name read, so the type of the declaration is the type of the value.
    get: <N extends OptionName>(name: N) => typed.get(name) as OptionValue<N>,
    isSet,
    featureEnabled: (name) => features.has(name),
    spi: (name) => values.get(name)?.text ?? allOptions.get(name)?.default,
    undeclaredSpi: [...values.keys()].filter((name) => name.startsWith('spi-') && !allOptions.has(name)),
    systemProperty: (name) => input.systemProperties.get(name),
    systemProperties: [...input.systemProperties.keys()],
  };
}
