import { existsSync, readFileSync, statSync } from 'node:fs';
import { ConfigurationError } from '../configuration-error.ts';
import type { Surroundings } from './configured-cache-file.ts';
import { maxXmlBytes } from './xml.ts';

function readFile(path: string): string | undefined {
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return undefined;
    if (facts.size > maxXmlBytes) throw new ConfigurationError(`The file ${path} is larger than ${maxXmlBytes} bytes.`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(`The file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The files of this machine and the environment of this process. */
export function systemSurroundings(environment: Surroundings['environment'] = process.env): Surroundings {
  return { environment, fileExists: existsSync, readFile };
}
