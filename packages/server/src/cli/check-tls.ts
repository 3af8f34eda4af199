import { createSecureContext } from 'node:tls';
import type { Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { httpTls, managementTls, type TlsListenerOptions } from '../config/tls-material.ts';
import { StartError } from './start-error.ts';

async function checkListener(read: () => Promise<TlsListenerOptions | undefined>, prefix: string): Promise<void> {
  let options: TlsListenerOptions | undefined;
  try {
    options = await read();
  } catch (error) {
    throw error instanceof ConfigurationError ? new StartError(error.message, { cause: error }) : error;
  }
  if (options === undefined) return;
  const { pfx, passphrase, cert, key, ca, ciphers, minVersion, maxVersion } = options;
  // One thing after the other, so that the message names the option whose file is wrong.
  const attempts: [options: string, material: Parameters<typeof createSecureContext>[0]][] = [
    pfx === undefined
      ? [`'${prefix}-certificate-file' and '${prefix}-certificate-key-file'`, { cert, key }]
      : [`'${prefix}-key-store-file' with '${prefix}-key-store-password'`, { pfx, passphrase }],
    [`'${prefix}-trust-store-file'`, { ca }],
    [`'${prefix}-cipher-suites'`, { ciphers, minVersion, maxVersion }],
  ];
  for (const [named, material] of attempts) {
    try {
      createSecureContext(material);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartError(`The value of ${named} cannot be used for TLS: ${reason}`, { cause: error });
    }
  }
}

/** Certificates, keys and trusted authorities of the listeners, before anything is opened with them. As in Keycloak these fail the start (exit 1). */
export async function checkTls(configuration: Configuration): Promise<void> {
  await checkListener(() => httpTls(configuration), 'https');
  await checkListener(() => managementTls(configuration), 'https-management');
}
