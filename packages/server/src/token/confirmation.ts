import type { Claims, Confirmation, TokenRefusal } from './contracts.ts';

function confirmationOf(claims: Claims, member: 'jkt' | 'x5t#S256'): string | undefined {
  const cnf: unknown = claims['cnf'];
  const value: unknown = typeof cnf === 'object' && cnf !== null && member in cnf ? (cnf as Record<string, unknown>)[member] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Thumbprint of the key that a token is bound to (`cnf.jkt`, RFC 9449 section 6.1). */
export const keyThumbprintOf = (claims: Claims): string | undefined => confirmationOf(claims, 'jkt');

/** Thumbprint of the certificate that a token is bound to (`cnf.x5t#S256`, RFC 8705 section 3.1). */
export const certificateThumbprintOf = (claims: Claims): string | undefined => confirmationOf(claims, 'x5t#S256');

/** Whether a refresh token is shown by whom it is bound to; undefined = it is, or is bound to nobody. */
export function refreshBindingProblem(claims: Claims, confirmation: Confirmation | undefined): TokenRefusal | undefined {
  const thumbprint = keyThumbprintOf(claims);
  if (thumbprint === undefined) return undefined;
  if (confirmation?.claim['jkt'] === undefined) return { ok: false, reason: 'DPoP proof is missing' };
  return confirmation.claim['jkt'] === thumbprint ? undefined : { ok: false, reason: "DPoP confirmation doesn't match DPoP proof" };
}
