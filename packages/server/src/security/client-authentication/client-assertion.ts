import { createHash } from 'node:crypto';
import type { State } from '../../cache/contracts.ts';
import type { Clock } from '../../model/clock.ts';
import type { Client, Realm } from '../../model/index.ts';
import { type DecodedJws, decodeJws, parsePayload } from '../../token/jws.ts';
import { type JwsAlgorithm, jwsAlgorithms } from '../../token/jws-algorithms.ts';
import { type ClientProof, type ClientProofError, WRONG_CREDENTIALS } from './authenticator.ts';
import type { ClientCredentials } from './credentials.ts';

/** Value of `client_assertion_type` (RFC 7523 section 2.2). */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const MAX_ASSERTION_LENGTH = 16_384;
const MAX_ID_LENGTH = 1_024;
/** How far clocks may differ, in seconds. */
const CLOCK_SKEW_SECONDS = 15;
/**
 * Client attribute: seconds after its issue in which an assertion counts, whatever end it names. It is remembered as used as long and no longer, so
 * that no client fills the memory of the cluster by ends that lie far away (CVE-2025-2559).
 */
const MAX_AGE_ATTRIBUTE = 'token.endpoint.auth.signing.max.exp';
const DEFAULT_MAX_AGE_SECONDS = 60;
/** Client attribute: the one algorithm that counts; empty or `any` = each that fits. */
const ALGORITHM_ATTRIBUTE = 'token.endpoint.auth.signing.alg';
/** `typ` of an assertion; a JWT that says to be something else is none. */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'client-authentication+jwt']);

export interface AssertionParts {
  readonly singleUseObjects: State['singleUseObjects'];
  readonly clock: Clock;
}

/** The assertion of a request; undefined where it sends none. */
function sentAssertion({ form }: ClientCredentials): string | undefined {
  const text = form.get('client_assertion_type') === ASSERTION_TYPE ? form.get('client_assertion') : undefined;
  return text !== undefined && text.length <= MAX_ASSERTION_LENGTH ? text : undefined;
}

/** The client that an assertion names as its issuer and subject (RFC 7523 section 3, items 1 and 2). */
export function assertedClientId(credentials: ClientCredentials): string | undefined {
  const [, payload = '', ...rest] = sentAssertion(credentials)?.split('.') ?? [];
  if (rest.length !== 1) return undefined;
  const { iss, sub } = parsePayload(Buffer.from(payload, 'base64url').toString()) ?? {};
  return typeof sub === 'string' && iss === sub ? sub : undefined;
}

/** A refusal in the words of the original. */
export function refusedAssertion(description: string, error: ClientProofError['error'] = 'invalid_client'): ClientProof {
  return { ok: false, explained: { error, description } };
}

export const WRONG_ALGORITHM = refusedAssertion('Invalid signature algorithm');

/** An assertion whose signature is still to be verified, with the algorithm that it names. */
export interface OpenedAssertion {
  readonly decoded: DecodedJws;
  readonly algorithm: JwsAlgorithm;
}

/** The assertion of a request, if it is one by an algorithm that the client may sign with; else the refusal. */
export function openAssertion(client: Client, credentials: ClientCredentials): OpenedAssertion | { readonly refusal: ClientProof } {
  const sent = sentAssertion(credentials);
  if (sent === undefined) return { refusal: WRONG_CREDENTIALS };
  const decoded = decodeJws(sent);
  const algorithm = decoded && jwsAlgorithms.get(decoded.header.alg);
  if (decoded === undefined || algorithm === undefined || !isChosenAlgorithm(client, algorithm.name)) return { refusal: WRONG_ALGORITHM };
  return { decoded, algorithm };
}

/** Whether the client may sign with the algorithm. */
function isChosenAlgorithm(client: Client, algorithm: string): boolean {
  const chosen = client.attributes[ALGORITHM_ATTRIBUTE];
  return chosen === undefined || chosen === '' || chosen === 'any' || chosen === algorithm;
}

/** Checks what a well-signed assertion says (RFC 7523 section 3), and uses it up. Undefined = it is good. */
export async function assertionProblem(
  { singleUseObjects, clock }: AssertionParts,
  realm: Realm,
  client: Client,
  { header, payload }: DecodedJws,
  issuer: string,
): Promise<ClientProof | undefined> {
  const { iss, sub, aud, exp, nbf, iat, jti } = payload;
  const now = clock.nowSeconds();
  if (header.typ !== undefined && !TYPES.has(header.typ.toLowerCase())) return refusedAssertion('Invalid token type');
  if (iss !== client.clientId || sub !== client.clientId) return refusedAssertion('Issuer and subject must be the client');
  const audiences = typeof aud === 'string' ? [aud] : Array.isArray(aud) ? aud : [];
  if (audiences.length > 1) return refusedAssertion('Multiple audiences not allowed');
  if (!audiencesOf(issuer).includes(audiences[0])) return refusedAssertion('Invalid token audience');
  if (!Number.isSafeInteger(exp)) return refusedAssertion('Token exp claim is required');
  const expires = exp as number;
  if (expires <= now || (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + CLOCK_SKEW_SECONDS))) {
    return refusedAssertion('Token is not active');
  }
  const maxAge = maxAgeSeconds(client);
  if (iat === undefined) {
    if (expires > now + maxAge) return refusedAssertion('Token expiration is too far in the future and iat claim not present in token');
  } else if (!(Number.isSafeInteger(iat) && (iat as number) <= now + CLOCK_SKEW_SECONDS)) {
    return refusedAssertion('Token was issued in the future');
  } else if ((iat as number) + maxAge < now) return refusedAssertion('Token was issued too far in the past to be used now');
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_ID_LENGTH) return refusedAssertion('Token jti claim is required');
  const key = `client-assertion:${realm.id}:${client.id}:${createHash('sha256').update(jti).digest('base64url')}`;
  const ends = Math.min(expires, (iat === undefined ? expires : (iat as number)) + maxAge + 1);
  return (await singleUseObjects.putIfAbsent(key, ends - now)) ? undefined : refusedAssertion('Token reuse detected');
}

function maxAgeSeconds(client: Client): number {
  const seconds = Number(client.attributes[MAX_AGE_ATTRIBUTE]);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : DEFAULT_MAX_AGE_SECONDS;
}

/** Names of this server that an assertion may be for: the issuer, or the endpoint that it is sent to. */
function audiencesOf(issuer: string): readonly unknown[] {
  const endpoint = (path: string): string => `${issuer}/protocol/openid-connect/${path}`;
  return [
    issuer,
    endpoint('token'),
    endpoint('token/introspect'),
    endpoint('revoke'),
    endpoint('ext/par/request'),
    endpoint('auth/device'),
  ];
}
