import { boolean, int, openChoice, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

const header = (proxy: string) =>
  ({
    kind: string('header'),
    advanced: true,
    help: `Header in which ${proxy} passes the certificate of the client.`,
  }) as const;
const chainLength = (standard: string) =>
  ({
    kind: int('certificates', { min: 0, max: 7 }),
    default: standard,
    advanced: true,
    help: 'Most certificates of the chain that are taken from the headers, besides that of the client.',
  }) as const;
const chainPrefix = {
  kind: string('prefix'),
  advanced: true,
  help: 'What headers with the chain begin with: prefix_0, prefix_1 …',
} as const;

/** Where the certificate of a client comes from, and how long revocation lists are kept. */
export const x509Options = defineOptions({
  'spi-x509cert-lookup--provider': {
    kind: openChoice('provider', ['default', 'nginx', 'haproxy', 'apache', 'traefik', 'envoy', 'rfc9440']),
    default: 'default',
    advanced: true,
    help: 'Where certificates of clients come from: the TLS connection, or a header of that kind of proxy. Headers count from proxy-trusted-addresses only.',
  },
  'spi-x509cert-lookup--nginx--ssl-client-cert': header('nginx'),
  'spi-x509cert-lookup--nginx--ssl-cert-chain-prefix': chainPrefix,
  'spi-x509cert-lookup--nginx--certificate-chain-length': chainLength('1'),
  'spi-x509cert-lookup--nginx--cert-is-url-encoded': {
    kind: boolean(),
    default: 'true',
    advanced: true,
    help: 'The header is percent-escaped ($ssl_client_escaped_cert).',
  },
  'spi-x509cert-lookup--nginx--trust-proxy-verification': {
    kind: boolean(),
    default: 'false',
    advanced: true,
    help: 'Believes ssl-client-verify: SUCCESS of nginx instead of looking for the authority in the trust stores.',
  },
  'spi-x509cert-lookup--haproxy--ssl-client-cert': header('HAProxy'),
  'spi-x509cert-lookup--haproxy--ssl-cert-chain': {
    kind: string('header'),
    advanced: true,
    help: 'Header with the whole chain, base64 of ssl_c_chain_der.',
  },
  'spi-x509cert-lookup--haproxy--ssl-cert-chain-prefix': chainPrefix,
  'spi-x509cert-lookup--haproxy--certificate-chain-length': chainLength('1'),
  'spi-x509cert-lookup--apache--ssl-client-cert': header('Apache'),
  'spi-x509cert-lookup--apache--ssl-cert-chain-prefix': chainPrefix,
  'spi-x509cert-lookup--apache--certificate-chain-length': chainLength('1'),
  'spi-x509cert-lookup--traefik--certificate-chain-length': chainLength('1'),
  'spi-x509cert-lookup--rfc9440--ssl-client-cert': { ...header('the proxy'), default: 'Client-Cert' },
  'spi-x509cert-lookup--rfc9440--ssl-cert-chain': {
    kind: string('header'),
    default: 'Client-Cert-Chain',
    advanced: true,
    help: 'Header with the chain.',
  },
  'spi-x509cert-lookup--rfc9440--certificate-chain-length': chainLength('1'),
  'spi-crl-storage--infinispan--cache-time': {
    kind: int('seconds'),
    default: '-1',
    advanced: true,
    help: 'How long a revocation list is kept at most; zero or less: until its next update.',
  },
  'spi-crl-storage--infinispan--min-time-between-requests': {
    kind: int('seconds', { min: 1 }),
    default: '10',
    advanced: true,
    help: 'Shortest time between two tries to get the same revocation list.',
  },
});
