import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Configuration } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import { certificatesOf } from './trust-stores.ts';

/** What node:tls needs of a listener; fit to be spread into `https` options. Holds private keys: never for logs. */
export interface TlsListenerOptions {
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** PKCS12. */
  readonly pfx?: Buffer;
  readonly passphrase?: string;
  readonly ca?: string[];
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers?: string;
}

/** The values of one listener, whichever options they come from. */
interface TlsChoice {
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly keyStoreFile: string | undefined;
  readonly keyStorePassword: string;
  readonly trustStoreFile: string | undefined;
  readonly trustStorePassword: string | undefined;
  readonly clientAuth: 'none' | 'request' | 'required';
  readonly protocols: readonly string[];
  readonly cipherSuites: readonly string[] | undefined;
}

function read(path: string, option: string): Buffer {
  try {
    return readFileSync(resolve(path));
  } catch (error) {
    throw new ConfigurationError(
      `The file ${path} of option '${option}' cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function versions(protocols: readonly string[], option: string): Pick<TlsListenerOptions, 'minVersion' | 'maxVersion'> {
  const known = (['TLSv1.2', 'TLSv1.3'] as const).filter((version) => protocols.includes(version));
  const [minVersion] = known;
  const maxVersion = known.at(-1);
  if (minVersion === undefined || maxVersion === undefined) {
    throw new ConfigurationError(`Invalid value for option '--${option}': ${protocols.join(',')}. Expected values are: TLSv1.3, TLSv1.2`);
  }
  return { minVersion, maxVersion };
}

async function listenerOptions(choice: TlsChoice, prefix: string): Promise<TlsListenerOptions | undefined> {
  const { certificateFile, keyFile, keyStoreFile, trustStoreFile, clientAuth, cipherSuites } = choice;
  if (certificateFile === undefined && keyStoreFile === undefined) return undefined;
  const identity =
    certificateFile !== undefined && keyFile !== undefined
      ? { cert: read(certificateFile, `${prefix}-certificate-file`), key: read(keyFile, `${prefix}-certificate-key-file`) }
      : { pfx: read(keyStoreFile ?? '', `${prefix}-key-store-file`), passphrase: choice.keyStorePassword };
  return {
    ...identity,
    ...(trustStoreFile === undefined
      ? {}
      : { ca: [...(await certificatesOf(trustStoreFile, choice.trustStorePassword, `${prefix}-trust-store-file`))] }),
    requestCert: clientAuth !== 'none',
    rejectUnauthorized: clientAuth === 'required',
    ...versions(choice.protocols, `${prefix}-protocols`),
    ...(cipherSuites === undefined ? {} : { ciphers: cipherSuites.join(':') }),
  };
}

function mainChoice(configuration: Configuration): TlsChoice {
  return {
    certificateFile: configuration.get('https-certificate-file'),
    keyFile: configuration.get('https-certificate-key-file'),
    keyStoreFile: configuration.get('https-key-store-file'),
    keyStorePassword: configuration.get('https-key-store-password'),
    trustStoreFile: configuration.get('https-trust-store-file'),
    trustStorePassword: configuration.get('https-trust-store-password'),
    clientAuth: configuration.get('https-client-auth'),
    protocols: configuration.get('https-protocols'),
    cipherSuites: configuration.get('https-cipher-suites'),
  };
}

/** TLS of the main listener; undefined where no certificate is configured. Throws ConfigurationError for files that cannot be read. */
export function httpTls(configuration: Configuration): Promise<TlsListenerOptions | undefined> {
  return listenerOptions(mainChoice(configuration), 'https');
}

/** TLS of the management listener: its own options, else those of the main one; undefined where it is plain. */
export async function managementTls(configuration: Configuration): Promise<TlsListenerOptions | undefined> {
  if (configuration.get('http-management-scheme') === 'http') return undefined;
  const main = mainChoice(configuration);
  const ownCertificate = configuration.get('https-management-certificate-file');
  const ownKeyStore = configuration.get('https-management-key-store-file');
  const own = ownCertificate !== undefined || ownKeyStore !== undefined;
  return listenerOptions(
    {
      certificateFile: own ? ownCertificate : main.certificateFile,
      keyFile: own ? configuration.get('https-management-certificate-key-file') : main.keyFile,
      keyStoreFile: own ? ownKeyStore : main.keyStoreFile,
      keyStorePassword: configuration.get('https-management-key-store-password') ?? main.keyStorePassword,
      trustStoreFile: configuration.get('https-management-trust-store-file') ?? main.trustStoreFile,
      trustStorePassword: configuration.get('https-management-trust-store-password') ?? main.trustStorePassword,
      clientAuth: configuration.get('https-management-client-auth'),
      protocols: configuration.get('https-management-protocols') ?? main.protocols,
      cipherSuites: configuration.get('https-management-cipher-suites') ?? main.cipherSuites,
    },
    'https-management',
  );
}
