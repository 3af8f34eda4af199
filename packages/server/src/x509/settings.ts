import { type KeyUsageName, keyUsages } from './certificate-details.ts';

/** Keycloak's words for where a user's identity stands in a certificate. */
export const identitySources = [
  'Match SubjectDN using regular expression',
  "Subject's e-mail",
  "Subject's Alternative Name E-mail",
  "Subject's Alternative Name otherName (UPN)",
  "Subject's Common Name",
  'Match IssuerDN using regular expression',
  'Certificate Serial Number',
  'Certificate Serial Number and IssuerDN',
  'SHA-256 Thumbprint',
  'Full Certificate in PEM format',
] as const;
export type IdentitySource = (typeof identitySources)[number];

export const userMappers = ['Custom Attribute Mapper', 'Username or Email'] as const;
export const DEFAULT_PATTERN = '(.*?)(?:$)';
export const DEFAULT_ATTRIBUTE = 'usercertificate';
export const DEFAULT_CRL = 'crl.pem';

/** The settings of an X.509 step, read from its configuration. */
export interface X509Settings {
  readonly source: IdentitySource;
  readonly canonicalNames: boolean;
  readonly hexadecimalSerial: boolean;
  readonly pattern: string;
  readonly mapper: (typeof userMappers)[number];
  readonly attributes: readonly string[];
  readonly checkTime: boolean;
  readonly checkCrl: boolean;
  readonly crlByDistributionPoint: boolean;
  /** Addresses, or paths under the configuration directory. */
  readonly crlPlaces: readonly string[];
  readonly refuseOutdatedCrl: boolean;
  readonly checkOcsp: boolean;
  readonly ocspFailOpen: boolean;
  readonly ocspAddress: string | undefined;
  /** PEM, with or without its first and last line. */
  readonly ocspCertificate: string | undefined;
  readonly keyUsage: readonly KeyUsageName[];
  readonly extendedKeyUsage: readonly string[];
  readonly policies: readonly string[];
  readonly policyMode: 'All' | 'Any';
  readonly withoutConfirmation: boolean;
  readonly revalidate: boolean;
}

const words = (text: string | undefined, separators: RegExp): readonly string[] =>
  (text ?? '')
    .split(separators)
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** A setting with several values: one text with `##` between them. */
const values = (text: string | undefined, standard: string): readonly string[] => {
  const found = words(text, /##/);
  return found.length === 0 ? [standard] : found;
};

/** Reads the configuration of a step. @throws Error for a word of a list that is none of its words: such a step lets nobody in */
export function x509Settings(config: Readonly<Record<string, string>>): X509Settings {
  const on = (name: string, standard = false): boolean =>
    config[name] === undefined || config[name] === '' ? standard : config[name] === 'true';
  const oneOf = <T extends string>(name: string, allowed: readonly T[], standard: T): T => {
    const wanted = config[name] || standard;
    const found = allowed.find((value) => value === wanted);
    if (found === undefined) throw new Error(`${name} has the unknown value ${wanted}`);
    return found;
  };
  const usage = words(config['x509-cert-auth.keyusage'], /,/).map((word) => {
    const found = keyUsages.find((name) => name.toLowerCase() === word.toLowerCase());
    if (found === undefined) throw new Error(`x509-cert-auth.keyusage has the unknown value ${word}`);
    return found;
  });
  return {
    source: oneOf('x509-cert-auth.mapping-source-selection', identitySources, identitySources[0]),
    canonicalNames: on('x509-cert-auth.canonical-dn-enabled'),
    hexadecimalSerial: on('x509-cert-auth.serialnumber-hex-enabled'),
    pattern: config['x509-cert-auth.regular-expression'] || DEFAULT_PATTERN,
    mapper: oneOf('x509-cert-auth.mapper-selection', userMappers, userMappers[0]),
    attributes: values(config['x509-cert-auth.mapper-selection.user-attribute-name'], DEFAULT_ATTRIBUTE),
    checkTime: on('x509-cert-auth.timestamp-validation-enabled', true),
    checkCrl: on('x509-cert-auth.crl-checking-enabled'),
    crlByDistributionPoint: on('x509-cert-auth.crldp-checking-enabled'),
    crlPlaces: values(config['x509-cert-auth.crl-relative-path'], DEFAULT_CRL),
    refuseOutdatedCrl: on('x509-cert-auth-crl-abort-if-non-updated', true),
    checkOcsp: on('x509-cert-auth.ocsp-checking-enabled'),
    ocspFailOpen: on('x509-cert-auth.ocsp-fail-open'),
    ocspAddress: config['x509-cert-auth.ocsp-responder-uri'] || undefined,
    ocspCertificate: config['x509-cert-auth.ocsp-responder-certificate'] || undefined,
    keyUsage: usage,
    extendedKeyUsage: words(config['x509-cert-auth.extendedkeyusage'], /[,;:]/),
    policies: words(config['x509-cert-auth.certificate-policy'], /[,;:]/),
    policyMode: oneOf('x509-cert-auth.certificate-policy-mode', ['All', 'Any'], 'All'),
    withoutConfirmation: on('x509-cert-auth.confirmation-page-disallowed'),
    revalidate: on('x509-cert-auth.revalidate-certificate-enabled'),
  };
}
