import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import { freshNonce, NONCE_ATTRIBUTE, type ProofVerdict, useProof } from '../security/dpop/proofs.ts';
import type { Confirmation } from '../token/contracts.ts';
import { OAuthError } from './oauth-error.ts';

/** Client attribute of Keycloak: every token of the client is bound to a key. */
const BOUND_ATTRIBUTE = 'dpop.bound.access.tokens';

/** Checks and uses up the proof of a request; undefined where there is none. */
export async function useProofOf(
  context: ServerContext,
  realm: Realm,
  client: Client,
  request: FastifyRequest,
  accessToken?: string,
): Promise<ProofVerdict | undefined> {
  const header = request.headers['dpop'];
  if (header === undefined || !context.features.has('dpop')) return undefined;
  // Node joins repeated headers by a comma, which no proof has in it: two proofs are no proof.
  const text = Array.isArray(header) ? header.join(',') : header;
  const nonceDemanded = client.attributes[NONCE_ATTRIBUTE] === 'true';
  return useProof(context, realm, text, { method: request.method, url: addressOf(request), accessToken, nonceDemanded });
}

/** Hands out a nonce, also to a page of another origin. */
function offerNonce(request: FastifyRequest, reply: FastifyReply, nonce: string): void {
  reply.header('dpop-nonce', nonce);
  if (request.headers.origin !== undefined) reply.header('access-control-expose-headers', 'Access-Control-Allow-Methods, DPoP-Nonce');
}

/** The address as clients know it: behind a proxy it is not the one that arrives here. */
function addressOf(request: FastifyRequest): string {
  const path = request.url.split(/[?#]/, 1)[0] ?? '';
  const at = path.search(/\/(?:realms|admin)\//);
  const { baseUrl, adminBaseUrl } = requestContext(request);
  return (path.startsWith('/admin/', at) ? adminBaseUrl : baseUrl) + path.slice(Math.max(at, 0));
}

/**
 * What the tokens of an answer are to be bound to: the key of the request's proof (RFC 9449 section 5).
 * @throws OAuthError where the proof is no good, or missing and the client must bring one
 */
export async function confirmationOf(
  context: ServerContext,
  realm: Realm,
  client: Client,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Confirmation | undefined> {
  const proof = await useProofOf(context, realm, client, request);
  if (proof === undefined) {
    if (client.attributes[BOUND_ATTRIBUTE] === 'true' && context.features.has('dpop'))
      throw new OAuthError(400, 'invalid_request', 'DPoP proof is missing', 'invalid_dpop_proof');
    return undefined;
  }
  if (!proof.ok) {
    if (!('fresh' in proof)) throw new OAuthError(400, 'invalid_dpop_proof', proof.reason);
    offerNonce(request, reply, proof.fresh);
    throw new OAuthError(400, 'use_dpop_nonce', proof.reason);
  }
  if (proof.nonce !== undefined && client.attributes[NONCE_ATTRIBUTE] === 'true')
    offerNonce(request, reply, await freshNonce(context, realm));
  return {
    type: 'DPoP',
    claim: { jkt: proof.thumbprint, 'kc-jkt-type': 'DPoP' },
    // A confidential client proves itself at each refresh; a public one has nothing but the key (RFC 9449 section 5).
    bindsRefreshToken: client.publicClient,
  };
}
