import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '../../config/configuration-error.ts';
import type { Command } from '../command.ts';
import { compareMetadata, parseMetadata } from '../compatibility/compare.ts';
import { compatibilityExit, featureRefusal } from '../compatibility/exit-codes.ts';
import type { Metadata } from '../compatibility/metadata.ts';
import { serverFamilies } from './start.ts';

const MAX_BYTES = 1_048_576;

function readMetadata(argument: string | true | undefined): Metadata {
  if (typeof argument !== 'string') throw new ConfigurationError('Missing required argument: --file');
  const path = resolve(argument);
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) throw new ConfigurationError(`Incorrect argument --file. Path '${path}' not found`);
  if (!facts.isFile()) throw new ConfigurationError(`Incorrect argument --file. Path '${path}' is not a file`);
  const metadata = facts.size > MAX_BYTES ? undefined : parseMetadata(readFileSync(path, 'utf8'));
  if (metadata === undefined) throw new ConfigurationError(`Unable to read file '${path}'`);
  return metadata;
}

export const updateCompatibilityCheck: Command = {
  name: 'update-compatibility check',
  summary:
    'Checks stored metadata against this configuration: 0 if nodes may be replaced one after the other, 3 if all must be stopped first.',
  mode: 'production',
  families: serverFamilies,
  arguments: [{ name: 'file', label: 'FILE', help: 'Metadata that update-compatibility metadata has stored; required.' }],
  takesPositionals: false,
  demands: false,
  async run({ configuration, environment, terminal, arguments: given }) {
    const refusal = featureRefusal(configuration);
    if (refusal !== undefined) {
      terminal.err(`${refusal}\n`);
      return compatibilityExit.featureDisabled;
    }
    const before = readMetadata(given.get('file'));
    // Loaded here, since help and refusals answer without the weight of the grid.
    const { currentMetadata } = await import('../compatibility/current-metadata.ts');
    const results = compareMetadata(before, currentMetadata(configuration, environment));
    let rolling = true;
    for (const { section, incompatible } of results) {
      if (incompatible.length === 0) terminal.out(`[${section}] Provider is compatible.\n`);
      for (const line of incompatible) terminal.err(`[${section}] Rolling Update is not available. ${line}\n`);
      rolling &&= incompatible.length === 0;
    }
    if (!rolling) return compatibilityExit.recreate;
    terminal.out('[OK] Rolling Update is available.\n');
    return compatibilityExit.rolling;
  },
};
