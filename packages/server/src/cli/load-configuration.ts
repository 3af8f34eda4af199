import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { maxPropertiesFileBytes, parseProperties } from '../config/properties-file.ts';
import { resolveConfiguration } from '../config/resolve.ts';
import { systemProperties } from '../config/system-properties.ts';
import { helpHint } from '../config/validate.ts';
import { type ParsedCommandLine, program } from './parse.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** KC_HOME_DIR, else the working directory. A name that leads nowhere is refused: data must not begin anew because of a misspelt path. */
export function homeDirectory(environment: Environment): string {
  const named = environment['KC_HOME_DIR'];
  if (named === undefined || named === '') return process.cwd();
  const home = resolve(named);
  if (statSync(home, { throwIfNoEntry: false })?.isDirectory() === true) return home;
  throw new ConfigurationError(`KC_HOME_DIR names ${home}, which is no directory.`, [
    'Make it first, name another, or unset the variable to use the working directory.',
  ]);
}

function readConfigurationFile(
  parsed: ParsedCommandLine,
  environment: Environment,
  home: string,
): { name: string; properties: ReadonlyMap<string, string> } | undefined {
  const asked = parsed.arguments.get('config-file') ?? environment['KC_CONFIG_FILE'];
  const path = typeof asked === 'string' ? resolve(asked) : join(home, 'conf', 'keycloak.conf');
  if (!existsSync(path)) {
    if (typeof asked !== 'string') return undefined;
    throw new ConfigurationError(`The configuration file ${path} (option '--config-file' or '-cf') does not exist.`, [
      helpHint({ program, command: '' }),
    ]);
  }
  const { size } = statSync(path);
  if (size > maxPropertiesFileBytes)
    throw new ConfigurationError(`The configuration file ${path} is larger than ${maxPropertiesFileBytes} bytes.`);
  const lookup = (name: string): string | undefined => (name === 'kc.home.dir' ? home : environment[name]);
  return { name: basename(path), properties: parseProperties(readFileSync(path, 'utf8'), lookup) };
}

/** Reads file and environment and resolves the configuration of the command. */
export function loadConfiguration(parsed: ParsedCommandLine, environment: Environment): Configuration {
  const home = homeDirectory(environment);
  return resolveConfiguration({
    invocation: parsed.invocation,
    mode: parsed.command?.mode ?? 'production',
    known: parsed.known,
    commandLine: parsed.options,
    systemProperties: systemProperties(parsed.properties, environment),
    environment,
    file: readConfigurationFile(parsed, environment, home),
    homeDirectory: home,
    fileExists: existsSync,
    demands: parsed.command?.demands ?? false,
  });
}
