import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { Client } from '../model/index.ts';
import { certificateThumbprintOf } from '../token/confirmation.ts';
import type { Claims, Confirmation } from '../token/contracts.ts';
import { OAuthError } from './oauth-error.ts';

/** Client attribute of Keycloak: every token of the client is bound to its certificate (RFC 8705 section 3.4). */
const BOUND_ATTRIBUTE = 'tls.client.certificate.bound.access.tokens';

export const NOT_THE_CERTIFICATE = 'Client certificate missing, or its thumbprint and one in the token did NOT match';

export function isBoundToCertificate(client: Client): boolean {
  return client.attributes[BOUND_ATTRIBUTE] === 'true';
}

/** Thumbprint of the certificate that the sender of a request holds (RFC 8705 section 3.1); undefined where there is none. */
async function thumbprintOfRequest(context: ServerContext, request: FastifyRequest): Promise<string | undefined> {
  const [leaf] = await context.certificates.chainOf(request);
  return leaf && createHash('sha256').update(leaf.raw).digest('base64url');
}

/**
 * Adds the certificate of the request to what the tokens of an answer are bound to, where the client wants that.
 * @throws OAuthError where there is no certificate
 */
export async function withCertificate(
  context: ServerContext,
  client: Client,
  request: FastifyRequest,
  other: Confirmation | undefined,
  grantType: string,
): Promise<Confirmation | undefined> {
  if (!isBoundToCertificate(client)) return other;
  const thumbprint = await thumbprintOfRequest(context, request);
  if (thumbprint === undefined) {
    // A refresh token is bound already: it says that it is not shown by its holder.
    if (grantType === 'refresh_token') throw new OAuthError(401, 'unauthorized_client', NOT_THE_CERTIFICATE, 'not_allowed');
    throw new OAuthError(400, 'invalid_request', 'Client Certification missing for MTLS HoK Token Binding');
  }
  const own = { 'x5t#S256': thumbprint };
  return {
    type: other?.type ?? 'Bearer',
    claim: { ...other?.claim, ...own },
    bindsRefreshToken: true,
    refreshClaim: { ...(other?.bindsRefreshToken === true ? other.claim : {}), ...own },
  };
}

/** Whether a token that is bound to a certificate is shown by whoever holds it. One that is bound to none is anybody's. */
export async function isShownByHolder(context: ServerContext, request: FastifyRequest, claims: Claims): Promise<boolean> {
  const bound = certificateThumbprintOf(claims);
  if (bound === undefined) return true;
  const shown = await thumbprintOfRequest(context, request);
  const [a, b] = [Buffer.from(bound), Buffer.from(shown ?? '')];
  return a.length === b.length && timingSafeEqual(a, b);
}
