import { X509Certificate } from 'node:crypto';
import type { CertificateStore } from '../api.ts';
import { GridError } from '../errors.ts';
import type { Credentials } from '../transport/secure-channel.ts';
import { pemOf, type StoredCertificate } from './certificate.ts';

export const currentKey = 'crt_jgroups';
/** The next certificate waits here until all members trust it. */
export const nextKey = 'crt_jgroups_next';
const maxAttempts = 8;

/**
 * The certificate that the cluster shares, made if there is none or it has expired. Whoever loses the race to store one takes the winner's,
 * so that any number of starters agree.
 * @throws GridError GRID_BAD_CONFIGURATION if the stored value is no certificate.
 */
export async function loadCredentials(store: CertificateStore, nowMs: number, intervalMs?: number): Promise<Credentials> {
  const current = await loadOrCreate(store, nowMs, intervalMs);
  const next = await store.get(nextKey);
  const trusted = [pemOf('CERTIFICATE', current.crt)];
  if (next !== undefined) trusted.push(pemOf('CERTIFICATE', parseCertificate(next.value).crt));
  return { key: pemOf('PRIVATE KEY', current.prvKey), certificate: pemOf('CERTIFICATE', current.crt), trusted };
}

async function loadOrCreate(store: CertificateStore, nowMs: number, intervalMs?: number): Promise<StoredCertificate> {
  let made: StoredCertificate | undefined;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const stored = await store.get(currentKey);
    if (stored !== undefined) {
      const certificate = parseCertificate(stored.value);
      if (endOf(certificate) > nowMs) return certificate;
    }
    // The certificate library costs a starter 150 ms, and only the first one of a cluster needs it.
    made ??= await (await import('./create-certificate.ts')).createCertificate(nowMs, intervalMs);
    const text = JSON.stringify(made);
    const won = stored === undefined ? await store.insert(currentKey, text) : await store.replace(currentKey, text, stored.version);
    if (won) return made;
  }
  throw new GridError('GRID_BAD_CONFIGURATION', `the certificate ${currentKey} changed ${maxAttempts} times while it was read`);
}

/** Milliseconds since 1970. */
export function endOf(certificate: StoredCertificate): number {
  return new X509Certificate(Buffer.from(certificate.crt, 'base64')).validToDate.getTime();
}

/** The value holds a private key: errors say which one is wrong, never what it is. */
export function parseCertificate(value: string): StoredCertificate {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null) {
      const { prvKey, pubKey, crt, alias, generatedMillis } = parsed as Partial<Record<keyof StoredCertificate, unknown>>;
      if (
        typeof prvKey === 'string' &&
        typeof pubKey === 'string' &&
        typeof crt === 'string' &&
        typeof alias === 'string' &&
        typeof generatedMillis === 'number'
      ) {
        new X509Certificate(Buffer.from(crt, 'base64'));
        return { prvKey, pubKey, crt, alias, generatedMillis };
      }
    }
  } catch {
    // Reported below, without the text that could not be read.
  }
  throw new GridError('GRID_BAD_CONFIGURATION', `the value of ${currentKey} in the certificate store is no certificate with its key`);
}
