import type { X509Certificate } from 'node:crypto';
import { detailsOf } from './certificate-details.ts';

/** Longest path from a certificate to an authority, both counted. */
const MAX_PATH = 8;

const isSame = (a: X509Certificate, b: X509Certificate): boolean => a.fingerprint256 === b.fingerprint256;

export function isInTime(certificate: X509Certificate, nowMs: number): boolean {
  return certificate.validFromDate.getTime() <= nowMs && nowMs <= certificate.validToDate.getTime();
}

/** Whether `issuer` is an authority that signed `certificate` and may have `below` authorities under it (RFC 5280 section 6.1). */
export function hasIssued(issuer: X509Certificate, certificate: X509Certificate, below: number): boolean {
  if (!issuer.ca || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false;
  const { keyUsage, pathLength } = detailsOf(issuer);
  return (keyUsage === undefined || keyUsage.has('keyCertSign')) && (pathLength === undefined || below <= pathLength);
}

/**
 * The path from the first certificate to one that is trusted, found among those that came with it; undefined where there is none.
 * Every authority on it is valid at `nowMs`; whether the certificate itself is, its caller asks.
 */
export function pathToTrust(
  chain: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  nowMs: number,
): readonly X509Certificate[] | undefined {
  const [leaf] = chain;
  if (leaf === undefined) return undefined;
  const between = chain.slice(1).filter((certificate) => isInTime(certificate, nowMs));
  const walk = (path: readonly X509Certificate[]): readonly X509Certificate[] | undefined => {
    const last = path.at(-1) ?? leaf;
    if (anchors.some((anchor) => isSame(anchor, last))) return path;
    if (path.length >= MAX_PATH) return undefined;
    const below = path.length - 1;
    const anchor = anchors.find((candidate) => isInTime(candidate, nowMs) && hasIssued(candidate, last, below));
    if (anchor !== undefined) return [...path, anchor];
    for (const candidate of between) {
      if (path.some((known) => isSame(known, candidate)) || !hasIssued(candidate, last, below)) continue;
      const found = walk([...path, candidate]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk([leaf]);
}

/** The certificate of the authority that issued `certificate`, among those at hand. */
export function issuerAmong(certificate: X509Certificate, candidates: readonly X509Certificate[]): X509Certificate | undefined {
  return candidates.find((candidate) => hasIssued(candidate, certificate, 0));
}
