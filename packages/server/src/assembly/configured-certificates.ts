import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Configuration } from '../config/configuration.ts';
import { certificatesOf, trustedAuthorities } from '../config/trust-stores.ts';
import { configuredClientCertificates } from '../http/client-certificate/configured-client-certificates.ts';
import type { CertificateLoginParts } from '../x509/certificate-login.ts';

/** What the options say about the certificates of clients. */
export type ConfiguredCertificates = Omit<CertificateLoginParts, 'cache' | 'outbound' | 'clock'>;

/**
 * Reads the trust stores and the options about certificates. The authorities of `truststore-paths` are trusted by every outgoing
 * connection of this process from here on.
 */
export async function configuredCertificates(configuration: Configuration): Promise<ConfiguredCertificates> {
  const trusted = await trustedAuthorities(configuration);
  if (trusted.length > 0) setDefaultCACertificates([...getCACertificates('default'), ...trusted]);
  const store = configuration.get('https-trust-store-file');
  const ofListener =
    store === undefined ? [] : await certificatesOf(store, configuration.get('https-trust-store-password'), 'https-trust-store-file');
  return {
    certificates: configuredClientCertificates(configuration),
    authorities: [...ofListener, ...trusted],
    configurationDirectory: join(configuration.homeDirectory, 'conf'),
    cacheSeconds: configuration.get('spi-crl-storage--infinispan--cache-time'),
    minSecondsBetweenRequests: configuration.get('spi-crl-storage--infinispan--min-time-between-requests'),
  };
}
