import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import {
  BasicOCSPResponse,
  CertID,
  id_kp_OCSPSigning,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  OCSPRequest,
  OCSPResponse,
  OCSPResponseStatus,
  Request,
  type SingleResponse,
  TBSRequest,
} from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Extension, Extensions } from '@peculiar/asn1-x509';
import type { Outbound } from '../outbound/outbound.ts';
import { detailsOf } from './certificate-details.ts';
import { hasIssued, isInTime } from './certificate-path.ts';
import { CertificateProblem } from './certificate-problem.ts';
import { normalSerial } from './der.ts';
import { isSignedBy } from './signature.ts';

/** The hash of identifiers, which every responder knows (RFC 5019 section 2.1.1). It protects nothing. */
const SHA1 = '1.3.14.3.2.26';
/** Clocks of responders may differ from ours by this much, in milliseconds. */
const SKEW_MS = 180_000;
/** An answer that does not say when it is over counts for so long. */
const MAX_AGE_MS = 24 * 3_600_000;
const MAX_BYTES = 65_536;

export type OcspStatus = 'good' | 'revoked' | 'unknown';

export interface OcspQuestion {
  readonly certificate: X509Certificate;
  readonly issuer: X509Certificate;
  readonly address: string;
  /** The one certificate whose answers count; undefined: the issuer's, or one that the issuer made for this. */
  readonly responder: X509Certificate | undefined;
  readonly nowMs: number;
}

const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();
const problem = (message: string): CertificateProblem => new CertificateProblem(message);

function idOf({ certificate, issuer }: OcspQuestion): CertID {
  return new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: SHA1, parameters: null }),
    issuerNameHash: new OctetString(sha1(detailsOf(certificate).issuerDer)),
    issuerKeyHash: new OctetString(sha1(detailsOf(issuer).publicKeyBits)),
    serialNumber: Uint8Array.from(detailsOf(certificate).serialBytes).buffer,
  });
}

function isSameId(a: CertID, b: CertID): boolean {
  const bytes = (id: CertID): Buffer[] => [id.issuerNameHash, id.issuerKeyHash].map((hash) => Buffer.from(hash.buffer));
  const serial = (id: CertID): string => normalSerial(Buffer.from(id.serialNumber).toString('hex'));
  const [nameA, keyA] = bytes(a);
  const [nameB, keyB] = bytes(b);
  const sameHashes = nameA !== undefined && keyA !== undefined && nameB?.equals(nameA) === true && keyB?.equals(keyA) === true;
  return a.hashAlgorithm.algorithm === b.hashAlgorithm.algorithm && sameHashes && serial(a) === serial(b);
}

/** Those whose signature counts: the named certificate; else the issuer, or whom it made a responder (RFC 6960 section 4.2.2.2). */
function responders({ issuer, responder, nowMs }: OcspQuestion, answer: BasicOCSPResponse): readonly X509Certificate[] {
  if (responder !== undefined) return [responder];
  const sent = (answer.certs ?? []).slice(0, 4).map((certificate) => new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))));
  const delegated = sent.filter((one) => {
    return isInTime(one, nowMs) && hasIssued(issuer, one, 0) && detailsOf(one).extendedKeyUsage?.includes(id_kp_OCSPSigning) === true;
  });
  return [issuer, ...delegated];
}

function statusOf(one: SingleResponse, nowMs: number): OcspStatus {
  const until = one.nextUpdate?.getTime() ?? one.thisUpdate.getTime() + MAX_AGE_MS;
  if (one.thisUpdate.getTime() > nowMs + SKEW_MS || until < nowMs - SKEW_MS) throw problem('The OCSP answer is not of now.');
  if (one.certStatus.revoked !== undefined) return 'revoked';
  return one.certStatus.good === null ? 'good' : 'unknown';
}

/** Judges an answer, DER. @throws CertificateProblem for one that says nothing that can be relied on */
export function readOcspAnswer(question: OcspQuestion, nonce: Uint8Array, bytes: Uint8Array): OcspStatus {
  const outer = AsnConvert.parse(bytes, OCSPResponse);
  if (outer.responseStatus !== OCSPResponseStatus.successful || outer.responseBytes?.responseType !== id_pkix_ocsp_basic)
    throw problem(`The OCSP responder answered with status ${outer.responseStatus}.`);
  const answer = AsnConvert.parse(outer.responseBytes.response.buffer, BasicOCSPResponse);
  const { tbsResponseDataRaw: signed, tbsResponseData: data } = answer;
  const algorithm = new Uint8Array(AsnConvert.serialize(answer.signatureAlgorithm));
  const isVouched =
    signed !== undefined &&
    responders(question, answer).some(({ publicKey }) =>
      isSignedBy(publicKey, algorithm, new Uint8Array(signed), new Uint8Array(answer.signature)),
    );
  if (!isVouched) throw problem('The OCSP answer is not signed by somebody who may.');
  const echoed = data.responseExtensions?.find(({ extnID }) => extnID === id_pkix_ocsp_nonce);
  if (echoed !== undefined && !Buffer.from(echoed.extnValue.buffer).equals(Buffer.from(AsnConvert.serialize(new OctetString(nonce)))))
    throw problem('The OCSP answer is to another question.');
  const wanted = idOf(question);
  const one = data.responses.find(({ certID }) => isSameId(certID, wanted));
  if (one === undefined) throw problem('The OCSP answer is about another certificate.');
  return statusOf(one, question.nowMs);
}

/** Asks a responder (RFC 6960) about a certificate. @throws CertificateProblem or ServerError where there is no answer that can be relied on */
export async function askOcsp(outbound: Outbound, question: OcspQuestion): Promise<OcspStatus> {
  const nonce = randomBytes(16);
  const request = new OCSPRequest({
    tbsRequest: new TBSRequest({
      requestList: [new Request({ reqCert: idOf(question) })],
      requestExtensions: new Extensions([
        new Extension({ extnID: id_pkix_ocsp_nonce, extnValue: new OctetString(AsnConvert.serialize(new OctetString(nonce))) }),
      ]),
    }),
  });
  const answer = await outbound({
    url: question.address,
    method: 'POST',
    headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
    body: new Uint8Array(AsnConvert.serialize(request)),
    maxBytes: MAX_BYTES,
  });
  if (answer.status !== 200) throw problem(`The OCSP responder answered with HTTP status ${answer.status}.`);
  try {
    return readOcspAnswer(question, nonce, answer.body);
  } catch (error) {
    throw error instanceof CertificateProblem ? error : problem('The OCSP answer cannot be read.');
  }
}
