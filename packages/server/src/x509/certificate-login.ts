import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import type { ClientCertificates } from '../http/client-certificate/client-certificates.ts';
import type { CrlStoreOptions } from './crl-store.ts';

/** What became of a certificate that was shown for a login. */
export type CertificateVerdict =
  /** `identity` is one value, or serial number and issuer; by `attributes` a user is found, undefined: by user name or address. */
  | {
      readonly ok: true;
      readonly identity: readonly string[];
      readonly attributes: readonly string[] | undefined;
      readonly withoutConfirmation: boolean;
    }
  /** certificate: it is not accepted. identity: it names nobody. `message` is for the log and for programs. */
  | { readonly ok: false; readonly reason: 'certificate' | 'identity'; readonly message: string };

/** The names of a certificate, as pages and events show them. */
export interface CertificateNames {
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
}

/** Certificates of those who send requests: found, checked and read. */
export interface CertificateLogin {
  /** The certificate that the sender of a request has proven to hold, then those up to its authority; empty where there is none. */
  chainOf(request: FastifyRequest): Promise<readonly X509Certificate[]>;
  /** Checks a chain by the settings of a step and reads whom it names. */
  judge(chain: readonly X509Certificate[], config: Readonly<Record<string, string>>): Promise<CertificateVerdict>;
  namesOf(certificate: X509Certificate): Promise<CertificateNames>;
  /** Whether a trusted authority of that name stands on the path above a certificate. */
  isIssuedBy(chain: readonly X509Certificate[], written: string, asPattern: boolean): Promise<boolean>;
  /** Whether a certificate has the subject that a client is registered with: a name (RFC 4514), or a pattern over the whole of it. */
  isSubject(certificate: X509Certificate, written: string, asPattern: boolean): Promise<boolean>;
}

export interface CertificateLoginParts extends CrlStoreOptions {
  readonly certificates: ClientCertificates;
  /** PEM of the authorities that the options name; without any those of the runtime count. */
  readonly authorities: readonly string[];
}

/** The readers of certificates are heavy: they are loaded when the first certificate is shown. */
const load = () => import('./certificate-work.ts');

export function createCertificateLogin(parts: CertificateLoginParts): CertificateLogin {
  let known: readonly X509Certificate[] | undefined;
  const anchors = (): readonly X509Certificate[] => {
    known ??= (parts.authorities.length > 0 ? parts.authorities : rootCertificates).map((pem) => new X509Certificate(pem));
    return known;
  };
  let work: Promise<import('./certificate-work.ts').CertificateWork> | undefined;
  const working = () => {
    work ??= load().then(({ createCertificateWork }) => createCertificateWork({ ...parts, anchors: anchors() }));
    return work;
  };
  return {
    async chainOf(request) {
      const presented = parts.certificates.presentedBy(request);
      if (presented === undefined) return [];
      if (presented.isVouchedFor) return presented.chain;
      return (await working()).vouchedChain(presented.chain);
    },
    judge: async (chain, config) => (await working()).judge(chain, config),
    namesOf: async (certificate) => (await working()).namesOf(certificate),
    isIssuedBy: async (chain, written, asPattern) => (await working()).isIssuedBy(chain, written, asPattern),
    isSubject: async (certificate, written, asPattern) => (await working()).isSubject(certificate, written, asPattern),
  };
}
