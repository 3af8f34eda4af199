import type { X509Certificate } from 'node:crypto';
import { detailsOf } from './certificate-details.ts';
import type { CertificateLogin, CertificateVerdict } from './certificate-login.ts';
import { isInTime, pathToTrust } from './certificate-path.ts';
import { checkCertificate } from './check-certificate.ts';
import { type CrlStoreOptions, createCrlStore } from './crl-store.ts';
import { isNamed, printedName, registeredName } from './distinguished-name.ts';
import { identityIn } from './identity.ts';
import { type X509Settings, x509Settings } from './settings.ts';

const MAX_PATTERN = 512;
const MAX_NAME = 2_048;

export interface CertificateWork extends Omit<CertificateLogin, 'chainOf'> {
  /** The path to a trusted authority; empty where there is none. */
  vouchedChain(chain: readonly X509Certificate[]): readonly X509Certificate[];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What `CertificateLogin` does with a certificate once there is one. */
export function createCertificateWork(parts: CrlStoreOptions & { readonly anchors: readonly X509Certificate[] }): CertificateWork {
  const { anchors, outbound, clock } = parts;
  const checks = { anchors, outbound, crls: createCrlStore(parts), nowMs: () => clock.nowMs() };

  async function judge(chain: readonly X509Certificate[], config: Readonly<Record<string, string>>): Promise<CertificateVerdict> {
    const [leaf] = chain;
    let settings: X509Settings;
    let identity: readonly string[] | undefined;
    try {
      settings = x509Settings(config);
      await checkCertificate(checks, chain, settings);
    } catch (error) {
      return { ok: false, reason: 'certificate', message: messageOf(error) };
    }
    try {
      identity = leaf && identityIn(leaf, settings);
    } catch (error) {
      return { ok: false, reason: 'identity', message: messageOf(error) };
    }
    if (identity === undefined)
      return { ok: false, reason: 'identity', message: 'Unable to extract user identity from specified certificate' };
    return {
      ok: true,
      identity,
      attributes: settings.mapper === 'Username or Email' ? undefined : settings.attributes,
      withoutConfirmation: settings.withoutConfirmation,
    };
  }

  return {
    vouchedChain(chain) {
      const [leaf] = chain;
      if (leaf === undefined || !isInTime(leaf, clock.nowMs())) return [];
      return pathToTrust(chain, anchors, clock.nowMs()) ?? [];
    },
    judge,
    async namesOf(certificate) {
      const { subject, issuer, serial } = detailsOf(certificate);
      return { subject: printedName(subject), issuer: printedName(issuer), serialNumber: serial.toString() };
    },
    isSubject: async (certificate, written, asPattern) => isNamedAs(certificate, written, asPattern),
    async isIssuedBy(chain, written, asPattern) {
      const [, ...authorities] = pathToTrust(chain, anchors, clock.nowMs()) ?? [];
      return authorities.some((authority) => isNamedAs(authority, written, asPattern));
    },
  };
}

function isNamedAs(certificate: X509Certificate, written: string, asPattern: boolean): boolean {
  const { subject } = detailsOf(certificate);
  if (!asPattern) return isNamed(subject, written);
  const name = registeredName(subject);
  if (name.length > MAX_NAME || written.length > MAX_PATTERN) return false;
  try {
    return new RegExp(`^(?:${written})$`).test(name);
  } catch {
    return false;
  }
}
