import type { X509Certificate } from 'node:crypto';
import { detailsOf } from './certificate-details.ts';
import { isInTime, issuerAmong, pathToTrust } from './certificate-path.ts';
import { CertificateProblem } from './certificate-problem.ts';
import { checkRevocation, type RevocationParts } from './revocation.ts';
import type { X509Settings } from './settings.ts';

export interface CheckParts extends RevocationParts {
  readonly anchors: readonly X509Certificate[];
}

const ANY_EXTENDED_USAGE = '2.5.29.37.0';
const ANY_POLICY = '2.5.29.32.0';

/** Usages that are demanded must be there wherever the certificate restricts its use (RFC 5280 sections 4.2.1.3 and 4.2.1.12). */
function checkUsages(certificate: X509Certificate, settings: X509Settings): void {
  const { keyUsage, extendedKeyUsage } = detailsOf(certificate);
  const missing = keyUsage && settings.keyUsage.find((name) => !keyUsage.has(name));
  if (missing !== undefined) throw new CertificateProblem(`Key Usage bit '${missing}' is not set.`);
  if (extendedKeyUsage === undefined || extendedKeyUsage.includes(ANY_EXTENDED_USAGE)) return;
  const absent = settings.extendedKeyUsage.find((oid) => !extendedKeyUsage.includes(oid));
  if (absent !== undefined) throw new CertificateProblem(`Extended Key Usage '${absent}' is missing.`);
}

function checkPolicies(certificate: X509Certificate, { policies: wanted, policyMode }: X509Settings): void {
  if (wanted.length === 0) return;
  const found = detailsOf(certificate).policies ?? [];
  if (found.includes(ANY_POLICY)) return;
  const missing = wanted.filter((oid) => !found.includes(oid));
  if (policyMode === 'All' && missing[0] !== undefined)
    throw new CertificateProblem(`Certificate Policy check failed: mode = ALL, certificate policy '${missing[0]}' is missing.`);
  if (policyMode === 'Any' && missing.length === wanted.length)
    throw new CertificateProblem(
      `Certificate Policy check failed: mode = ANY, found = '${found.join(',')}', expected = '${wanted.join(',')}'.`,
    );
}

/** Every check that the settings ask for, in Keycloak's order. @throws CertificateProblem for the first that fails */
export async function checkCertificate(parts: CheckParts, chain: readonly X509Certificate[], settings: X509Settings): Promise<void> {
  const [leaf] = chain;
  if (leaf === undefined) throw new CertificateProblem('No certificates sent');
  const nowMs = parts.nowMs();
  // A list or a responder is believed by the word of an authority that is trusted, not of one that came along with the certificate.
  const path = pathToTrust(chain, parts.anchors, nowMs);
  await checkRevocation(parts, settings, leaf, path?.[1] ?? issuerAmong(leaf, parts.anchors));
  if (settings.revalidate && path === undefined)
    throw new CertificateProblem('No trusted CA in certificate found. Add it to the trust store if it is valid.');
  checkUsages(leaf, settings);
  if (settings.checkTime && !isInTime(leaf, nowMs)) throw new CertificateProblem('The certificate has expired or is not yet valid.');
  checkPolicies(leaf, settings);
}
