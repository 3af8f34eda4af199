import type { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityInfoAccessSyntax,
  BasicConstraints,
  Certificate,
  CertificatePolicies,
  CRLDistributionPoints,
  ExtendedKeyUsage,
  type GeneralName,
  id_ad_ocsp,
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_cRLDistributionPoints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_pe_authorityInfoAccess,
  KeyUsage,
  type Name,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';
import { childrenOf, readElement, wholeOf } from './der.ts';

/** Names of the bits of a key usage (RFC 5280 section 4.2.1.3), in their order. */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsageName = (typeof keyUsages)[number];

/** What the runtime does not tell of a certificate. Where an extension is absent the member is undefined. */
export interface CertificateDetails {
  readonly subject: Name;
  readonly issuer: Name;
  /** DER of the issuer's name and of the subject's. */
  readonly issuerDer: Uint8Array;
  readonly subjectDer: Uint8Array;
  /** Content of the subject public key, as key hashes are made of it. */
  readonly publicKeyBits: Uint8Array;
  readonly serial: bigint;
  readonly serialBytes: Uint8Array;
  readonly keyUsage: ReadonlySet<KeyUsageName> | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly policies: readonly string[] | undefined;
  readonly subjectAlternativeNames: readonly GeneralName[];
  /** http(s) and other addresses of revocation lists. */
  readonly crlAddresses: readonly string[];
  readonly ocspAddresses: readonly string[];
  /** Most certificates of authorities that may follow below this one. */
  readonly pathLength: number | undefined;
}

/** Tag of the version, which certificates of version 1 leave out. */
const VERSION = 0xa0;

const known = new WeakMap<X509Certificate, CertificateDetails>();

function uris(names: readonly GeneralName[] | undefined): readonly string[] {
  return (names ?? []).flatMap(({ uniformResourceIdentifier }) =>
    uniformResourceIdentifier === undefined ? [] : [uniformResourceIdentifier],
  );
}

function numberOf(serial: ArrayBuffer): bigint {
  const hex = Buffer.from(serial).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`));
}

/** Both names letter by letter: a name that is written anew may come out in another encoding. */
function namesIn(raw: Uint8Array): Pick<CertificateDetails, 'issuerDer' | 'subjectDer'> {
  const [tbs] = childrenOf(raw, readElement(raw, 0, raw.length));
  const parts = tbs === undefined ? [] : [...childrenOf(raw, tbs)];
  if (parts[0]?.tag === VERSION) parts.shift();
  const [, , issuer, , subject] = parts;
  if (issuer === undefined || subject === undefined) throw new Error('a certificate without names');
  return { issuerDer: wholeOf(raw, issuer), subjectDer: wholeOf(raw, subject) };
}

/** Takes a certificate apart. @throws Error for one whose extensions cannot be read */
export function detailsOf(certificate: X509Certificate): CertificateDetails {
  const before = known.get(certificate);
  if (before !== undefined) return before;
  const { tbsCertificate: tbs } = AsnConvert.parse(certificate.raw, Certificate);
  const value = (oid: string): ArrayBuffer | undefined => tbs.extensions?.find(({ extnID }) => extnID === oid)?.extnValue.buffer;
  const parse = <T>(oid: string, type: new () => T): T | undefined => {
    const bytes = value(oid);
    return bytes && AsnConvert.parse(bytes, type);
  };
  const usage = parse(id_ce_keyUsage, KeyUsage)?.toNumber();
  const extendedKeyUsage = parse(id_ce_extKeyUsage, ExtendedKeyUsage);
  const policies = parse(id_ce_certificatePolicies, CertificatePolicies);
  const access = parse(id_pe_authorityInfoAccess, AuthorityInfoAccessSyntax);
  const points = parse(id_ce_cRLDistributionPoints, CRLDistributionPoints);
  const details: CertificateDetails = {
    subject: tbs.subject,
    issuer: tbs.issuer,
    ...namesIn(certificate.raw),
    publicKeyBits: new Uint8Array(tbs.subjectPublicKeyInfo.subjectPublicKey),
    serial: numberOf(tbs.serialNumber),
    serialBytes: new Uint8Array(tbs.serialNumber),
    keyUsage: usage === undefined ? undefined : new Set(keyUsages.filter((_name, bit) => (usage & (1 << bit)) !== 0)),
    extendedKeyUsage: extendedKeyUsage && [...extendedKeyUsage],
    policies: policies && [...policies].map(({ policyIdentifier }) => policyIdentifier),
    subjectAlternativeNames: [...(parse(id_ce_subjectAltName, SubjectAlternativeName) ?? [])],
    crlAddresses: [...(points ?? [])].flatMap(({ distributionPoint }) => uris(distributionPoint?.fullName)),
    ocspAddresses: [...(access ?? [])]
      .filter(({ accessMethod }) => accessMethod === id_ad_ocsp)
      .flatMap(({ accessLocation }) => uris([accessLocation])),
    pathLength: parse(id_ce_basicConstraints, BasicConstraints)?.pathLenConstraint,
  };
  known.set(certificate, details);
  return details;
}
