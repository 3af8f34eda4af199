import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose';

/** A key pair that proves possession, as a client would make it. */
export interface ProofKey {
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly thumbprint: string;
}

export async function proofKey(): Promise<ProofKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = await exportJWK(publicKey);
  return { privateKey, jwk: { ...jwk }, thumbprint: await calculateJwkThumbprint(jwk) };
}

/** What a proof says, and what is to be wrong with it; undefined leaves a member out. */
export interface ProofParts {
  readonly method?: string;
  readonly url?: string;
  readonly accessToken?: string;
  readonly nowSeconds: number;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly signWith?: KeyObject | Uint8Array;
}

export const TOKEN_URL = 'http://login.test/realms/test/protocol/openid-connect/token';

/** A proof (RFC 9449 section 4.2), made by a library of others. */
export function proof(key: ProofKey, parts: ProofParts): Promise<string> {
  const { accessToken, method = 'POST', url = TOKEN_URL } = parts;
  const ath = accessToken === undefined ? undefined : createHash('sha256').update(accessToken).digest('base64url');
  const claims = present({ jti: randomUUID(), htm: method, htu: url, iat: parts.nowSeconds, ath, ...parts.claims });
  const header = present({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, ...parts.header });
  return new SignJWT(claims).setProtectedHeader(header as { alg: string }).sign(parts.signWith ?? key.privateKey);
}

function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
