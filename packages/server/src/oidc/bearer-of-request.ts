import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { Realm } from '../model/index.ts';
import type { BearerVerdict } from '../token/bearer.ts';
import { keyThumbprintOf } from '../token/confirmation.ts';
import type { TokenRefusal } from '../token/contracts.ts';
import { isShownByHolder, NOT_THE_CERTIFICATE } from './certificate-of-request.ts';
import { useProofOf } from './proof-of-request.ts';

/** An access token as a request shows it. */
export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

const FAILED: TokenRefusal = { ok: false, reason: 'Token verification failed' };

/** A refusal that comes with a nonce for the next try. */
export type PresentedVerdict = Extract<BearerVerdict, { ok: true }> | (TokenRefusal & { readonly freshNonce?: string | undefined });

/** The token of the Authorization header; where proofs are switched off, their scheme is one that nobody knows. */
export function presentedToken({ features }: Pick<ServerContext, 'features'>, request: FastifyRequest): PresentedToken | undefined {
  const [, scheme, token] = /^(Bearer|DPoP) +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (scheme === undefined || token === undefined) return undefined;
  if (scheme.toLowerCase() !== 'dpop') return { scheme: 'Bearer', token };
  return features.has('dpop') ? { scheme: 'DPoP', token } : undefined;
}

/**
 * The full check of a token that a request shows: beside all that is in the token, that it is shown by whom it was made for (RFC 9449 section 7).
 * A token that is bound to a key is no bearer token, and one that is not bound is no proof of anything.
 */
export async function bearerOf(
  context: ServerContext,
  realm: Realm,
  issuer: string,
  request: FastifyRequest,
  { scheme, token }: PresentedToken,
): Promise<PresentedVerdict> {
  const verdict = await context.tokens.bearer(realm, issuer, token);
  if (!verdict.ok) return verdict;
  if (!(await isShownByHolder(context, request, verdict.bearer.claims))) return { ok: false, reason: NOT_THE_CERTIFICATE };
  const thumbprint = keyThumbprintOf(verdict.bearer.claims);
  if ((thumbprint !== undefined) !== (scheme === 'DPoP')) return FAILED;
  if (thumbprint === undefined) return verdict;
  const proof = await useProofOf(context, realm, verdict.bearer.client, request, token);
  if (proof?.ok) return proof.thumbprint === thumbprint ? verdict : FAILED;
  return proof !== undefined && 'fresh' in proof ? { ...FAILED, freshNonce: proof.fresh } : FAILED;
}
