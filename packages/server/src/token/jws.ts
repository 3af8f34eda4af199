import { createHmac, sign as cryptoSign, verify as cryptoVerify, type KeyObject, timingSafeEqual } from 'node:crypto';
import { cryptoKey, type JwsAlgorithm, jwsAlgorithms, keyFits } from './jws-algorithms.ts';
import { isUnambiguous } from './unambiguous-json.ts';

/**
 * JSON Web Signatures in compact form (RFC 7515), no more than tokens need. RSA signatures are made on the thread pool; the rest is
 * faster than a trip there and back. Parsing is strict: what a careful peer would never send is refused before any key is touched.
 */

/** Longest token that is looked at, in characters. A token with a thousand roles has about half of it. */
export const MAX_TOKEN_LENGTH = 65_536;
const MAX_HEADER_LENGTH = 1_024;

/** The parts of a header that the server acts on. */
export interface JwsHeader {
  readonly alg: string;
  readonly typ?: string;
  readonly kid?: string;
  /** Only where it was asked for; nothing of it is proven. */
  readonly jwk?: unknown;
}

/** A token taken apart; nothing in it is proven yet. */
export interface DecodedJws {
  readonly header: JwsHeader;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signingInput: string;
  readonly signature: Buffer;
}

const SEGMENT = /^[A-Za-z0-9_-]+$/;
/** Header members that change how a token is to be read, or that bring their own key: never honoured, so never accepted (RFC 8725 section 3). */
const REFUSED_MEMBERS = ['crit', 'b64', 'zip', 'enc', 'jwk', 'jku', 'x5u', 'x5c'];

/** The encoded header; callers that sign often keep it. */
export function encodeHeader(header: JwsHeader): string {
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}

/** Signs a payload (JSON text). Throws where the key does not fit the algorithm. */
export async function signJws(algorithm: JwsAlgorithm, key: KeyObject, encodedHeader: string, payload: string): Promise<string> {
  if (!keyFits(algorithm, key)) throw new TypeError(`the key does not fit ${algorithm.name}`);
  const input = `${encodedHeader}.${Buffer.from(payload).toString('base64url')}`;
  if (algorithm.keyType === 'oct') return `${input}.${hmac(algorithm, key, input).toString('base64url')}`;
  const data = Buffer.from(input);
  const signature =
    algorithm.keyType === 'RSA'
      ? await signOnThreadPool(algorithm, key, data)
      : cryptoSign(algorithm.digest, data, cryptoKey(algorithm, key));
  return `${input}.${signature.toString('base64url')}`;
}

/** Takes a token apart. Undefined for anything that is not a well-formed compact JWS with a JSON object inside and a known algorithm. */
export function decodeJws(token: string): DecodedJws | undefined {
  return decode(token, REFUSED_MEMBERS);
}

/** The same for a token that brings its public key along (`jwk`), as proofs of possession do; whoever calls must know what to make of it. */
export function decodeJwsWithKey(token: string): DecodedJws | undefined {
  return decode(
    token,
    REFUSED_MEMBERS.filter((member) => member !== 'jwk'),
  );
}

function decode(token: string, refused: readonly string[]): DecodedJws | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const firstDot = token.indexOf('.');
  const lastDot = token.lastIndexOf('.');
  if (firstDot <= 0 || lastDot <= firstDot + 1 || token.indexOf('.', firstDot + 1) !== lastDot) return undefined;
  const encodedHeader = token.slice(0, firstDot);
  const encodedPayload = token.slice(firstDot + 1, lastDot);
  const encodedSignature = token.slice(lastDot + 1);
  if (!SEGMENT.test(encodedPayload) || !SEGMENT.test(encodedSignature)) return undefined;
  const header = decodeHeader(encodedHeader, refused);
  if (!header) return undefined;
  const signature = Buffer.from(encodedSignature, 'base64url');
  if (signature.toString('base64url') !== encodedSignature) return undefined;
  const payload = parseStrict(Buffer.from(encodedPayload, 'base64url').toString());
  return payload && { header, payload, signingInput: token.slice(0, lastDot), signature };
}

/** Whether the signature is the key's. False (never an error) for a key of another kind, and where the header names another algorithm. */
export function verifyJws(decoded: DecodedJws, algorithm: JwsAlgorithm, key: KeyObject): boolean {
  if (decoded.header.alg !== algorithm.name || !keyFits(algorithm, key)) return false;
  if (algorithm.keyType === 'oct') {
    const expected = hmac(algorithm, key, decoded.signingInput);
    return expected.length === decoded.signature.length && timingSafeEqual(expected, decoded.signature);
  }
  return cryptoVerify(algorithm.digest, Buffer.from(decoded.signingInput), cryptoKey(algorithm, key), decoded.signature);
}

function decodeHeader(encoded: string, refused: readonly string[]): JwsHeader | undefined {
  if (encoded.length > MAX_HEADER_LENGTH || !SEGMENT.test(encoded)) return undefined;
  const text = Buffer.from(encoded, 'base64url').toString();
  const header = parsePayload(text);
  // The text must say exactly what was understood: no duplicate members, no escapes that hide one.
  if (!header || JSON.stringify(header) !== text.replace(/\s+/g, '')) return undefined;
  const { alg, typ, kid, jwk } = header;
  if (typeof alg !== 'string' || !jwsAlgorithms.has(alg)) return undefined;
  if ((typ !== undefined && typeof typ !== 'string') || (kid !== undefined && typeof kid !== 'string')) return undefined;
  if (refused.some((member) => Object.hasOwn(header, member))) return undefined;
  return { alg, ...(typ === undefined ? {} : { typ }), ...(kid === undefined ? {} : { kid }), ...(jwk === undefined ? {} : { jwk }) };
}

/** A JSON object that every parser reads in the same way. */
function parseStrict(text: string): Record<string, unknown> | undefined {
  const value = parsePayload(text);
  return value !== undefined && isUnambiguous(text) ? value : undefined;
}

/** A JSON object; undefined for anything else. */
export function parsePayload(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function hmac(algorithm: JwsAlgorithm, key: KeyObject, input: string): Buffer {
  return createHmac(algorithm.hash, key).update(input).digest();
}

function signOnThreadPool(algorithm: JwsAlgorithm, key: KeyObject, data: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    cryptoSign(algorithm.digest, data, cryptoKey(algorithm, key), (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}
