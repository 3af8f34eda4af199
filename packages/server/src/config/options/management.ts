import * as conditions from '../conditions.ts';
import { boolean, choice, duration, file, list, port, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

const inherited = 'the value of the main listener';
const condition = conditions.managementInherits;

/** The management listener: health and metrics, apart from the users' traffic. */
export const managementOptions = defineOptions({
  'http-management-port': { kind: port(), default: '9000', help: 'Port of the management listener.' },
  'http-management-host': { kind: string('host'), defaultText: 'http-host', help: 'Address of the management listener.' },
  'http-management-relative-path': {
    kind: string('path'),
    defaultText: 'http-relative-path',
    help: "Path under which health and metrics are served; begins with '/'.",
  },
  'http-management-scheme': {
    kind: choice('scheme', ['http', 'inherited']),
    default: 'inherited',
    help: "'inherited' uses HTTPS where the main listener does, 'http' stays plain.",
  },
  'http-management-health-enabled': {
    kind: boolean(),
    default: 'true',
    help: 'Serves health on the management listener; if false, on the main one.',
    condition: conditions.healthEnabled,
  },
  'https-management-certificate-file': { kind: file(), defaultText: inherited, help: 'Certificate of the management listener.', condition },
  'https-management-certificate-key-file': { kind: file(), defaultText: inherited, help: 'Private key of that certificate.', condition },
  'https-management-certificates-reload-period': {
    kind: duration('reload period'),
    defaultText: inherited,
    inert: 'certificates are read once, at start',
    help: 'How often the files of the management listener are read again.',
    condition,
  },
  'https-management-key-store-file': {
    kind: file(),
    defaultText: inherited,
    help: 'PKCS12 key store of the management listener.',
    condition,
  },
  'https-management-key-store-password': {
    kind: string('password'),
    secret: true,
    defaultText: inherited,
    help: 'Password of that key store.',
    condition,
  },
  'https-management-client-auth': {
    kind: choice('auth', ['none', 'request', 'required']),
    default: 'none',
    help: 'Whether clients of the management listener need a certificate.',
  },
  'https-management-trust-store-file': {
    kind: file(),
    defaultText: inherited,
    help: 'Certificates by which clients of the management listener are trusted.',
    condition,
  },
  'https-management-trust-store-password': {
    kind: string('password'),
    secret: true,
    defaultText: inherited,
    help: 'Password of that trust store.',
    condition,
  },
  'https-management-protocols': {
    kind: list('protocols'),
    defaultText: inherited,
    help: 'TLS versions of the management listener.',
    condition,
  },
  'https-management-cipher-suites': {
    kind: list('ciphers'),
    defaultText: inherited,
    help: 'Cipher suites of the management listener.',
    condition,
  },
});
