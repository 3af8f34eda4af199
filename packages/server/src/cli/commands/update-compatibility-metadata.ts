import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '../../config/configuration-error.ts';
import type { Command } from '../command.ts';
import { compatibilityExit, featureRefusal } from '../compatibility/exit-codes.ts';
import { serverFamilies } from './start.ts';

export const updateCompatibilityMetadata: Command = {
  name: 'update-compatibility metadata',
  summary: 'Stores what decides whether nodes of this configuration and of another one may run beside each other.',
  mode: 'production',
  families: serverFamilies,
  arguments: [{ name: 'file', label: 'FILE', help: 'Where to store it, in JSON; without it, it is only shown.' }],
  takesPositionals: false,
  demands: false,
  async run({ configuration, environment, terminal, arguments: given }) {
    const refusal = featureRefusal(configuration);
    if (refusal !== undefined) {
      terminal.err(`${refusal}\n`);
      return compatibilityExit.featureDisabled;
    }
    // Loaded here, since help and refusals answer without the weight of the grid.
    const { currentMetadata } = await import('../compatibility/current-metadata.ts');
    const metadata = currentMetadata(configuration, environment);
    terminal.out(`Metadata:\n${JSON.stringify(metadata, null, 2)}\n`);
    const file = given.get('file');
    if (typeof file === 'string') {
      try {
        writeFileSync(resolve(file), JSON.stringify(metadata));
      } catch (error) {
        throw new ConfigurationError(`Unable to write file '${resolve(file)}': ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return compatibilityExit.rolling;
  },
};
