import type { X509Certificate } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** Most certificates of one chain that are looked at. */
export const MAX_CHAIN = 8;

/** Finds the certificate that whoever sends a request has proven to hold. */
export interface ClientCertificates {
  presentedBy(request: FastifyRequest): PresentedCertificates | undefined;
}

export interface PresentedCertificates {
  /** The certificate, then those that it was sent with. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  /** Whether somebody has checked already that an authority that is trusted vouches for it. */
  readonly isVouchedFor: boolean;
}

/** A server that asks nobody for a certificate. */
export const noClientCertificates: ClientCertificates = { presentedBy: () => undefined };
