import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Configuration } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';

const MAX_STORE_BYTES = 16 * 1_048_576;
/** Files of one directory of trusted certificates. */
const MAX_FILES = 1_000;
const PEM_BLOCK = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The words of the cryptography are kept out of the message where they could quote the password. */
async function storeCertificates(bytes: Buffer, path: string, password: string | undefined, option: string): Promise<readonly string[]> {
  // Readers of stores are heavy, and most starts do without them.
  const { storeEntries } = await import('./stack/store-entries.ts');
  try {
    return (await storeEntries(bytes, password ?? '')).certificates;
  } catch {
    throw new ConfigurationError(
      `The file ${path} of option '${option}' is neither PEM nor a PKCS12 or JKS store that ${password === undefined ? 'opens without a password' : 'its password opens'}`,
    );
  }
}

/** The certificates of a PEM file or a PKCS12 or JKS store, PEM. @throws ConfigurationError where the file cannot be read or holds none */
export async function certificatesOf(path: string, password: string | undefined, option: string): Promise<readonly string[]> {
  let bytes: Buffer;
  try {
    const file = resolve(path);
    if (statSync(file).size > MAX_STORE_BYTES) throw new Error(`it is larger than ${MAX_STORE_BYTES} bytes`);
    bytes = readFileSync(file);
  } catch (error) {
    throw new ConfigurationError(`The file ${path} of option '${option}' cannot be read: ${reasonOf(error)}`);
  }
  const found = bytes.toString('latin1').match(PEM_BLOCK) ?? (await storeCertificates(bytes, path, password, option));
  if (found.length === 0) throw new ConfigurationError(`The file ${path} of option '${option}' holds no certificates`);
  return found.map((pem) => {
    try {
      return new X509Certificate(pem).toString();
    } catch (error) {
      throw new ConfigurationError(`The file ${path} of option '${option}' holds a certificate that cannot be read: ${reasonOf(error)}`);
    }
  });
}

/** The files that stand for a path: itself, or what a directory holds. */
function filesOf(path: string): readonly string[] {
  if (statSync(resolve(path), { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(resolve(path), { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /\.(?:pem|crt|cer|p12|pfx|pkcs12|jks)$/i.test(entry.name))
    .slice(0, MAX_FILES)
    .map((entry) => join(path, entry.name));
}

/** Authorities that are trusted besides those of the runtime: option `truststore-paths`, and what lies in conf/truststores. */
export async function trustedAuthorities(configuration: Configuration): Promise<readonly string[]> {
  const standard = join(configuration.homeDirectory, 'conf', 'truststores');
  const paths = [...(configuration.get('truststore-paths') ?? [])];
  if (statSync(standard, { throwIfNoEntry: false })?.isDirectory() === true) paths.push(standard);
  const found = await Promise.all(paths.flatMap(filesOf).map((file) => certificatesOf(file, undefined, 'truststore-paths')));
  return found.flat();
}
