import { createHash, timingSafeEqual } from 'node:crypto';
import type { Client } from '../model/index.ts';
import { invalidGrant } from './oauth-error.ts';

/** RFC 7636 section 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Client attribute that makes PKCE compulsory with one method (`S256`, `plain`); empty = the client may choose. */
export const PKCE_METHOD_ATTRIBUTE = 'pkce.code.challenge.method';

/** Checks the `code_verifier` of a token request against the challenge of the code; throws `invalid_grant`. */
export function checkCodeVerifier(
  client: Client,
  code: { readonly codeChallenge: string | undefined; readonly codeChallengeMethod: string | undefined },
  verifier: string | undefined,
): void {
  const demanded = client.attributes[PKCE_METHOD_ATTRIBUTE] || undefined;
  if (code.codeChallenge === undefined) {
    if (verifier !== undefined)
      throw invalidGrant('PKCE code verifier specified but challenge not present in authorization', 'invalid_code_verifier');
    if (demanded !== undefined) throw invalidGrant('PKCE code challenge not present in authorization', 'invalid_code_verifier');
    return;
  }
  const method = code.codeChallengeMethod ?? 'plain';
  if (demanded !== undefined && demanded !== method)
    throw invalidGrant('PKCE code challenge method not allowed for the client', 'invalid_code_verifier');
  if (verifier === undefined) throw invalidGrant('PKCE code verifier not specified', 'code_verifier_missing');
  if (!VERIFIER.test(verifier)) throw invalidGrant('PKCE verification failed: Invalid code verifier', 'invalid_code_verifier');
  const expected = method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  if (!equal(expected, code.codeChallenge)) throw invalidGrant('PKCE verification failed: Code mismatch', 'pkce_verification_failed');
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
