import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'certificates');

/** Arguments with which both servers take certificates of clients from a header, as a proxy in front of them would set it. */
export const certificateArguments: readonly string[] = [
  '--spi-x509cert-lookup--provider=nginx',
  '--spi-x509cert-lookup--nginx--ssl-client-cert=ssl-client-cert',
  `--truststore-paths=${join(folder, 'authority.pem')}`,
];

/** Certificates of an authority that is gone, by who they are for; they are good for a century, but those that say otherwise. */
const certificates = JSON.parse(readFileSync(join(folder, 'certificates.json'), 'utf8')) as Readonly<Record<string, string>>;

/** The header with one of the certificates, percent-escaped; a text that is none of their names stands there as it is. */
export function shown(name: string): Readonly<Record<string, string>> {
  return { 'ssl-client-cert': encodeURIComponent(certificates[name] ?? name) };
}

/** Attributes of a client whose tokens are bound to the certificate that it shows. */
export const boundToCertificates: Readonly<Record<string, string>> = { 'tls.client.certificate.bound.access.tokens': 'true' };

/** What makes a client prove itself by a certificate of that subject. */
export function byCertificate(subject: string, asPattern: boolean): Readonly<Record<string, unknown>> {
  return {
    clientAuthenticatorType: 'client-x509',
    secret: undefined,
    attributes: { ...boundToCertificates, 'x509.subjectdn': subject, 'x509.allow.regex.pattern.comparison': String(asPattern) },
  };
}
