import type { Configuration } from '../../config/configuration.ts';
import { ServerError } from '../errors.ts';
import { trustedProxies } from '../trusted-proxies.ts';
import type { ClientCertificates } from './client-certificates.ts';
import { headerClientCertificates } from './header-certificates.ts';
import {
  apacheFormat,
  envoyFormat,
  type HeaderFormat,
  haproxyFormat,
  nginxFormat,
  rfc9440Format,
  traefikFormat,
} from './header-formats.ts';
import { tlsClientCertificates } from './tls-certificates.ts';

function headerName(
  configuration: Configuration,
  option: `spi-x509cert-lookup--${'nginx' | 'haproxy' | 'apache'}--ssl-client-cert`,
): string {
  const name = configuration.get(option);
  if (name === undefined)
    throw new ServerError('KG_BAD_CONFIGURATION', `The option '${option}' is needed: which header holds the certificate.`);
  return name;
}

function formatOf(configuration: Configuration, provider: string): HeaderFormat | undefined {
  switch (provider) {
    case 'nginx':
      return nginxFormat(
        headerName(configuration, 'spi-x509cert-lookup--nginx--ssl-client-cert'),
        configuration.get('spi-x509cert-lookup--nginx--cert-is-url-encoded'),
        configuration.get('spi-x509cert-lookup--nginx--trust-proxy-verification'),
      );
    case 'haproxy':
      return haproxyFormat({
        certificate: headerName(configuration, 'spi-x509cert-lookup--haproxy--ssl-client-cert'),
        chain: configuration.get('spi-x509cert-lookup--haproxy--ssl-cert-chain'),
        chainPrefix: configuration.get('spi-x509cert-lookup--haproxy--ssl-cert-chain-prefix'),
        chainLength: configuration.get('spi-x509cert-lookup--haproxy--certificate-chain-length'),
      });
    case 'apache':
      return apacheFormat({
        certificate: headerName(configuration, 'spi-x509cert-lookup--apache--ssl-client-cert'),
        chainPrefix: configuration.get('spi-x509cert-lookup--apache--ssl-cert-chain-prefix'),
        chainLength: configuration.get('spi-x509cert-lookup--apache--certificate-chain-length'),
      });
    case 'traefik':
      return traefikFormat(configuration.get('spi-x509cert-lookup--traefik--certificate-chain-length'));
    case 'envoy':
      return envoyFormat;
    case 'rfc9440':
      return rfc9440Format({
        certificate: configuration.get('spi-x509cert-lookup--rfc9440--ssl-client-cert'),
        chain: configuration.get('spi-x509cert-lookup--rfc9440--ssl-cert-chain'),
        chainLength: configuration.get('spi-x509cert-lookup--rfc9440--certificate-chain-length'),
      });
    default:
      return undefined;
  }
}

/**
 * Where the certificates of clients come from, as `spi-x509cert-lookup--provider` says.
 * @throws ServerError KG_BAD_CONFIGURATION for a header that anybody could send: without trusted proxies everyone would be everyone
 */
export function configuredClientCertificates(configuration: Configuration): ClientCertificates {
  const provider = configuration.get('spi-x509cert-lookup--provider');
  if (provider === 'default' || provider === 'quarkus') return tlsClientCertificates;
  const format = formatOf(configuration, provider);
  if (format === undefined) {
    throw new ServerError(
      'KG_BAD_CONFIGURATION',
      `Invalid value for option '--spi-x509cert-lookup--provider': ${provider}. Expected values are: default, nginx, haproxy, apache, traefik, envoy, rfc9440`,
    );
  }
  const trusted = configuration.get('proxy-trusted-addresses');
  if (trusted === undefined || configuration.get('proxy-headers') === undefined) {
    throw new ServerError(
      'KG_BAD_CONFIGURATION',
      `The option 'spi-x509cert-lookup--provider' with the value ${provider} requires 'proxy-headers' and 'proxy-trusted-addresses': whoever may send the header may be anybody.`,
    );
  }
  return headerClientCertificates(format, trustedProxies(trusted));
}
