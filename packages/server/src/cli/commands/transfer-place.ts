import { resolve } from 'node:path';
import type { Configuration } from '../../config/configuration.ts';
import { ConfigurationError } from '../../config/configuration-error.ts';
import type { TransferPlace } from '../realm-operations.ts';

/** Options `dir` and `file`: exactly one of them. */
export function transferPlace(configuration: Configuration): TransferPlace {
  const directory = configuration.get('dir');
  const file = configuration.get('file');
  if ((directory === undefined) === (file === undefined)) throw new ConfigurationError('Must specify either --dir or --file options.');
  return directory === undefined ? { file: resolve(file ?? '') } : { directory: resolve(directory) };
}
