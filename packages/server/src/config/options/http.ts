import * as conditions from '../conditions.ts';
import { boolean, choice, duration, file, int, list, openChoice, port, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

const onceRead = 'certificates are read once, at start';
const javaThreads = 'requests are not served by a pool of threads';

/** The main listener, its TLS, and the graceful stop. */
export const httpOptions = defineOptions({
  'http-enabled': {
    kind: boolean(),
    default: 'false',
    developmentDefault: 'true',
    help: 'Opens the plain HTTP listener, as behind a proxy that ends TLS. On in development mode.',
  },
  'http-host': {
    kind: string('host'),
    default: '0.0.0.0',
    developmentDefault: 'localhost',
    help: 'Address to listen on. In development mode the default is localhost.',
  },
  'http-port': { kind: port(), default: '8080', help: 'Port of the HTTP listener.' },
  'http-relative-path': { kind: string('path'), default: '/', help: "Path under which everything is served; begins with '/'." },
  'http-max-queued-requests': {
    kind: int('requests', { min: 0 }),
    help: 'Most requests that may wait; more are answered 503.',
  },
  'http-pool-max-threads': { kind: int('threads', { min: 1 }), advanced: true, inert: javaThreads, help: 'Most request threads.' },
  'http-accept-non-normalized-paths': {
    kind: boolean(),
    default: 'false',
    advanced: true,
    inert: 'a path has one spelling; others are not found',
    help: 'Accepts paths with //, ; or dot segments. Deprecated.',
  },
  'http-metrics-histograms-enabled': {
    kind: boolean(),
    default: 'false',
    help: 'Adds histogram buckets to the request timer.',
    condition: conditions.metricsEnabled,
  },
  'http-metrics-slos': {
    kind: list('list of buckets'),
    help: 'Extra buckets for the request timer, in milliseconds: 5,10,25,50,250,500,1000.',
    condition: conditions.metricsEnabled,
  },
  'https-port': { kind: port(), default: '8443', help: 'Port of the HTTPS listener.' },
  'https-certificate-file': { kind: file(), help: 'Server certificate or chain, PEM.' },
  'https-certificate-key-file': { kind: file(), help: 'Private key of the certificate, PEM.' },
  'https-certificates-reload-period': {
    kind: duration('reload period'),
    default: '1h',
    inert: onceRead,
    help: 'How often certificate, key and trust files are read again.',
  },
  'https-key-store-file': { kind: file(), help: 'PKCS12 key store with certificate and key, instead of the PEM files.' },
  'https-key-store-password': { kind: string('password'), default: 'password', secret: true, help: 'Password of the key store.' },
  'https-key-store-type': { kind: openChoice('type', ['PKCS12']), help: 'Type of the key store; PKCS12 is the one that can be read.' },
  'https-trust-store-file': { kind: file(), help: 'Authorities by which certificates of clients are trusted: PEM, PKCS12 or JKS.' },
  'https-trust-store-password': { kind: string('password'), secret: true, help: 'Password of the trust store.' },
  'https-trust-store-type': {
    kind: openChoice('type', ['PEM', 'PKCS12', 'JKS']),
    help: 'Type of the trust store; the file itself tells it, too.',
  },
  'truststore-paths': {
    kind: list('truststore-paths'),
    help: 'Files and directories (PEM, PKCS12, JKS without a password) of authorities that are trusted besides those of the runtime.',
  },
  'https-client-auth': {
    kind: choice('auth', ['none', 'request', 'required']),
    default: 'none',
    help: 'Whether clients are asked for a certificate, and whether they must have one.',
  },
  'https-protocols': { kind: list('protocols'), default: 'TLSv1.3,TLSv1.2', help: 'TLS versions that are offered.' },
  'https-cipher-suites': { kind: list('ciphers'), help: 'Cipher suites that are offered, in OpenSSL or IANA names.' },
  'shutdown-delay': {
    kind: duration('delay'),
    default: '1s',
    help: 'Time between readiness going down and the end of the listener, in which balancers turn away.',
  },
  'shutdown-timeout': {
    kind: duration('timeout'),
    default: '10s',
    help: 'How long running requests and the hand-over of cluster data may take at a stop.',
  },
});
