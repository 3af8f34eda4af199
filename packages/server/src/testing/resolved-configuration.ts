import type { Configuration } from '../config/configuration.ts';
import { families, optionsOf } from '../config/options/index.ts';
import { resolveConfiguration } from '../config/resolve.ts';
import { fromCommandLine } from '../config/sources.ts';

const known = optionsOf(Object.values(families));

/** The configuration that a command line of `start` gives, without what a production start demands. */
export function configurationOf(
  options: Readonly<Record<string, string>>,
  properties: Readonly<Record<string, string>> = {},
  homeDirectory = '/srv/keygrid',
): Configuration {
  return resolveConfiguration({
    invocation: { program: 'keygrid', command: 'start' },
    mode: 'production',
    known,
    commandLine: Object.entries(options).map(([name, text]) => fromCommandLine(name, text)),
    systemProperties: new Map(Object.entries(properties)),
    environment: {},
    homeDirectory,
    fileExists: () => true,
    demands: false,
  });
}
