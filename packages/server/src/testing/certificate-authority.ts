import 'reflect-metadata';
import { createHash, createPrivateKey, createSign, webcrypto, X509Certificate } from 'node:crypto';
import {
  BasicOCSPResponse,
  CertStatus,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  KeyHash,
  OCSPRequest,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Certificate } from '@peculiar/asn1-x509';
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  CRLDistributionPointsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ReadCertificate,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

type Keys = Awaited<ReturnType<typeof makeKeys>>;
const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function keyPem(keys: Keys): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`;
}

/** What a certificate of the authority shall say. */
export interface CertificateWish {
  readonly subject: string;
  readonly serial?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly names?: JsonGeneralNames;
  readonly keyUsage?: number;
  readonly extendedKeyUsage?: readonly string[];
  readonly policies?: readonly string[];
  readonly crlAddresses?: readonly string[];
  readonly ocspAddress?: string;
  readonly authority?: boolean;
  readonly pathLength?: number;
}

/** A certificate with its key. */
export interface IssuedCertificate {
  readonly certificate: X509Certificate;
  /** PEM. */
  readonly pem: string;
  readonly key: string;
}

export interface CrlWish {
  readonly revoked?: readonly string[];
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
  readonly extensions?: Extension[];
}

/** An authority made for a test: it issues, revokes, and answers questions about what it issued. */
export interface CertificateAuthority extends IssuedCertificate {
  issue(wish: CertificateWish): Promise<IssuedCertificate>;
  /** An authority below this one. */
  subordinate(wish: CertificateWish): Promise<CertificateAuthority>;
  crl(wish?: CrlWish): Promise<Buffer>;
  /** Answers a request for OCSP, DER; `signer` is this authority where it is left out. */
  ocspAnswer(request: Uint8Array, wish: OcspWish): Promise<Buffer>;
}

export interface OcspWish {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly signer?: IssuedCertificate;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
  /** False leaves the nonce out, a text puts another one in. */
  readonly nonce?: false | string;
}

function extensionsOf(wish: CertificateWish): Extension[] {
  const out: Extension[] = [new BasicConstraintsExtension(wish.authority === true, wish.pathLength, true)];
  if (wish.names !== undefined) out.push(new SubjectAlternativeNameExtension(wish.names));
  if (wish.keyUsage !== undefined) out.push(new KeyUsagesExtension(wish.keyUsage, true));
  if (wish.extendedKeyUsage !== undefined) out.push(new ExtendedKeyUsageExtension([...wish.extendedKeyUsage]));
  for (const policies of wish.policies === undefined ? [] : [wish.policies]) out.push(new CertificatePolicyExtension([...policies]));
  if (wish.crlAddresses !== undefined) out.push(new CRLDistributionPointsExtension([...wish.crlAddresses]));
  if (wish.ocspAddress !== undefined) out.push(new AuthorityInfoAccessExtension({ ocsp: wish.ocspAddress }));
  return out;
}

const periodOf = ({ notBefore, notAfter }: CertificateWish) => ({
  notBefore: notBefore ?? new Date(Date.now() - DAY_MS),
  notAfter: notAfter ?? new Date(Date.now() + DAY_MS),
});

function statusOf({ status }: OcspWish): CertStatus {
  if (status === 'good') return new CertStatus({ good: null });
  if (status === 'unknown') return new CertStatus({ unknown: null });
  return new CertStatus({ revoked: new RevokedInfo({ revocationTime: new Date() }) });
}

function answerOcsp(authority: IssuedCertificate, bytes: Uint8Array, wish: OcspWish): Buffer {
  const request = AsnConvert.parse(bytes, OCSPRequest);
  const signer = wish.signer ?? authority;
  const nonce = request.tbsRequest.requestExtensions?.find(({ extnID }) => extnID === id_pkix_ocsp_nonce);
  if (nonce !== undefined && typeof wish.nonce === 'string')
    nonce.extnValue = new OctetString(AsnConvert.serialize(new OctetString(Buffer.from(wish.nonce))));
  const signerCertificate = AsnConvert.parse(signer.certificate.raw, Certificate);
  const keyHash = createHash('sha1')
    .update(new Uint8Array(signerCertificate.tbsCertificate.subjectPublicKeyInfo.subjectPublicKey))
    .digest();
  const data = new ResponseData({
    responderID: new ResponderID({ byKey: new KeyHash(keyHash) }),
    producedAt: new Date(),
    responses: request.tbsRequest.requestList.map(
      ({ reqCert }) =>
        new SingleResponse({
          certID: reqCert,
          certStatus: statusOf(wish),
          thisUpdate: wish.thisUpdate ?? new Date(),
          ...(wish.nextUpdate === undefined ? {} : { nextUpdate: wish.nextUpdate }),
        }),
    ),
    ...(nonce === undefined || wish.nonce === false ? {} : { responseExtensions: [nonce] }),
  });
  const signature = createSign('sha256')
    .update(Buffer.from(AsnConvert.serialize(data)))
    .sign(createPrivateKey(signer.key));
  const basic = new BasicOCSPResponse({
    tbsResponseData: data,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: ECDSA_SHA256 }),
    signature: Uint8Array.from(signature).buffer,
    certs: signer === authority ? [] : [signerCertificate],
  });
  return Buffer.from(
    AsnConvert.serialize(
      new OCSPResponse({
        responseStatus: OCSPResponseStatus.successful,
        responseBytes: new ResponseBytes({ responseType: id_pkix_ocsp_basic, response: new OctetString(AsnConvert.serialize(basic)) }),
      }),
    ),
  );
}

async function authorityOf(keys: Keys, pem: string): Promise<CertificateAuthority> {
  const issued: IssuedCertificate = { certificate: new X509Certificate(pem), pem, key: await keyPem(keys) };
  const issuer = new ReadCertificate(pem).subject;

  async function make(wish: CertificateWish, own: Keys): Promise<string> {
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: wish.serial ?? webcrypto.getRandomValues(Buffer.alloc(8)).toString('hex').replace(/^./, '4'),
        subject: wish.subject,
        issuer,
        ...periodOf(wish),
        signingAlgorithm: algorithm,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: extensionsOf(wish),
      },
      webcrypto,
    );
    return certificate.toString('pem');
  }

  return {
    ...issued,
    async issue(wish) {
      const own = await makeKeys();
      const made = await make(wish, own);
      return { certificate: new X509Certificate(made), pem: made, key: await keyPem(own) };
    },
    async subordinate(wish) {
      const own = await makeKeys();
      return authorityOf(own, await make({ keyUsage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, ...wish, authority: true }, own));
    },
    async crl(wish = {}) {
      const list = await X509CrlGenerator.create(
        {
          issuer,
          thisUpdate: wish.thisUpdate ?? new Date(Date.now() - 60_000),
          ...(wish.nextUpdate === undefined ? {} : { nextUpdate: wish.nextUpdate }),
          entries: (wish.revoked ?? []).map((serialNumber) => ({ serialNumber, revocationDate: new Date() })),
          ...(wish.extensions === undefined ? {} : { extensions: wish.extensions }),
          signingAlgorithm: algorithm,
          signingKey: keys.privateKey,
        },
        webcrypto,
      );
      return Buffer.from(list.rawData);
    },
    async ocspAnswer(request, wish) {
      return answerOcsp(issued, request, wish);
    },
  };
}

/** An extension that whoever does not know it must refuse; the value as hexadecimal DER. */
export function criticalExtension(oid: string, value: string): Extension {
  return new Extension(oid, true, Buffer.from(value, 'hex'));
}

/** Makes a root authority with the name `subject`. */
export async function makeAuthority(subject = 'CN=Test Root, O=Example'): Promise<CertificateAuthority> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: subject,
      ...periodOf({ subject }),
      signingAlgorithm: algorithm,
      keys,
      extensions: extensionsOf({ subject, authority: true, keyUsage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign }),
    },
    webcrypto,
  );
  return authorityOf(keys, certificate.toString('pem'));
}
