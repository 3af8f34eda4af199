import { X509Certificate } from 'node:crypto';
import type { Outbound } from '../outbound/outbound.ts';
import { detailsOf } from './certificate-details.ts';
import { CertificateProblem } from './certificate-problem.ts';
import type { CrlStore } from './crl-store.ts';
import { normalSerial } from './der.ts';
import { askOcsp } from './ocsp.ts';
import type { X509Settings } from './settings.ts';

export interface RevocationParts {
  readonly crls: CrlStore;
  readonly outbound: Outbound;
  readonly nowMs: () => number;
}

async function checkCrls(
  parts: RevocationParts,
  settings: X509Settings,
  certificate: X509Certificate,
  issuer: X509Certificate,
): Promise<void> {
  const byPoint = settings.crlByDistributionPoint;
  const places = byPoint ? detailsOf(certificate).crlAddresses : settings.crlPlaces;
  if (places.length === 0) {
    throw new CertificateProblem(
      'Could not find any CRL distribution points in the certificate, unable to check the certificate revocation status using CRL/DP.',
    );
  }
  // Points of one certificate are several ways to one list; places of the settings are several lists.
  const failures: unknown[] = [];
  let asked = 0;
  for (const place of places) {
    try {
      const { crl, outdated } = await parts.crls.find(place, issuer);
      if (byPoint && crl.distributionPoints.length > 0 && !crl.distributionPoints.some((point) => places.includes(point)))
        throw new CertificateProblem(`The CRL ${place} is for other certificates.`);
      if (outdated && settings.refuseOutdatedCrl)
        throw new CertificateProblem(
          `CRL from '${place}' is not refreshed. Next update is ${new Date(crl.nextUpdateMs ?? 0).toISOString()}.`,
        );
      const revokedAt = crl.revoked.get(normalSerial(certificate.serialNumber));
      if (revokedAt !== undefined) throw new RevokedCertificate(revokedAt);
      asked += 1;
      if (byPoint) return;
    } catch (error) {
      if (error instanceof RevokedCertificate || !byPoint) throw error;
      failures.push(error);
    }
  }
  if (asked === 0) throw failures[0];
}

/** It is certain that the certificate is revoked. */
export class RevokedCertificate extends CertificateProblem {
  constructor(revokedAtMs: number | undefined) {
    super(
      revokedAtMs === undefined
        ? "Certificate's been revoked."
        : `Certificate's been revoked.\nRevoked on: ${new Date(revokedAtMs).toISOString()}`,
    );
  }
}

function certificateOf(text: string): X509Certificate {
  const base64 = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s+/g, '');
  return new X509Certificate(Buffer.from(base64, 'base64'));
}

async function checkOcsp(
  parts: RevocationParts,
  settings: X509Settings,
  certificate: X509Certificate,
  issuer: X509Certificate,
): Promise<void> {
  try {
    const address = settings.ocspAddress ?? detailsOf(certificate).ocspAddresses[0];
    if (address === undefined) throw new CertificateProblem('The certificate names no OCSP responder, and neither do the settings.');
    const own = settings.ocspAddress === undefined ? undefined : settings.ocspCertificate;
    const responder = own === undefined ? undefined : certificateOf(own);
    const status = await askOcsp(parts.outbound, { certificate, issuer, address, responder, nowMs: parts.nowMs() });
    if (status === 'revoked') throw new RevokedCertificate(undefined);
    if (status === 'unknown') throw new CertificateProblem("Unable to determine certificate's revocation status.");
  } catch (error) {
    if (error instanceof RevokedCertificate || !settings.ocspFailOpen) throw error;
  }
}

/** Asks the lists and the responder that the settings name about a certificate. @throws an error where it is revoked, or nobody says that it is not */
export async function checkRevocation(
  parts: RevocationParts,
  settings: X509Settings,
  certificate: X509Certificate,
  issuer: X509Certificate | undefined,
): Promise<void> {
  if (!settings.checkCrl && !settings.checkOcsp) return;
  if (issuer === undefined) throw new CertificateProblem('No trusted CA in certificate found. Add it to the trust store if it is valid.');
  if (settings.checkCrl) await checkCrls(parts, settings, certificate, issuer);
  if (settings.checkOcsp) await checkOcsp(parts, settings, certificate, issuer);
}
