import { createSecretKey } from 'node:crypto';
import type { ServerContext } from '../../context.ts';
import type { Client, Realm } from '../../model/index.ts';
import { clientKeySource } from '../../outside-keys/client-keys.ts';
import { decryptForRealm } from '../../token/encryption.ts';
import { type DecodedJws, decodeJws, verifyJws } from '../../token/jws.ts';
import { type JwsAlgorithm, jwsAlgorithms } from '../../token/jws-algorithms.ts';
import { parseUnsigned } from './unsigned.ts';

/** Longest request object that is looked at, in characters. */
export const MAX_REQUEST_OBJECT = 65_536;
/** How far clocks may differ, in seconds. */
const CLOCK_SKEW_SECONDS = 15;
/** `typ` of a request object (RFC 9101 section 10.8); a JWT that says to be something else is none. */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'oauth-authz-req+jwt']);
/** Claims of the JWT itself, which are no parameters. */
const OWN_CLAIMS: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub']);

export type Parameters = Readonly<Record<string, string>>;

/**
 * The parameters in a request object (RFC 9101 section 6): decrypted, its signature checked, and its claims; undefined where any of it is wrong.
 */
export async function readRequestObject(
  context: ServerContext,
  realm: Realm,
  client: Client,
  issuer: string,
  text: string,
): Promise<Parameters | undefined> {
  if (text.length > MAX_REQUEST_OBJECT) return undefined;
  const signed = await decrypted(context, realm, client, text);
  const payload = signed === undefined ? undefined : await verified(context, client, signed);
  if (payload === undefined) return undefined;
  const { client_id: clientId, iss, aud, exp, nbf } = payload;
  if (clientId !== undefined && clientId !== client.clientId) return undefined;
  if (iss !== undefined && iss !== client.clientId) return undefined;
  if (aud !== undefined && ![aud].flat().includes(issuer)) return undefined;
  const now = context.clock.nowSeconds();
  if (exp !== undefined && !(typeof exp === 'number' && exp > now)) return undefined;
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + CLOCK_SKEW_SECONDS)) return undefined;
  // An object within an object would have a second chance to be unsigned (RFC 9101 section 4).
  if (payload['request'] !== undefined || payload['request_uri'] !== undefined) return undefined;
  return parametersOf(payload);
}

/** The text without its encryption; the client may demand one, and which (Keycloak's attributes `request.object.encryption.*`). */
async function decrypted(context: ServerContext, realm: Realm, client: Client, text: string): Promise<string | undefined> {
  const isEncrypted = text.split('.').length === 5;
  const wanted = { alg: chosen(client, 'request.object.encryption.alg'), enc: chosen(client, 'request.object.encryption.enc') };
  if (!isEncrypted) return wanted.alg === undefined ? text : undefined;
  const inner = await decryptForRealm(context.state.directory, realm, text);
  if (inner === undefined || (wanted.alg ?? inner.alg) !== inner.alg || (wanted.enc ?? inner.enc) !== inner.enc) return undefined;
  return inner.text;
}

/** The payload, if the client signed it by an algorithm that it may use. An unsigned one counts only where the client is registered for it. */
async function verified(context: ServerContext, client: Client, text: string): Promise<DecodedJws['payload'] | undefined> {
  const wanted = chosen(client, 'request.object.signature.alg');
  if (wanted === 'none') return parseUnsigned(text);
  const decoded = decodeJws(text);
  const algorithm = decoded && jwsAlgorithms.get(decoded.header.alg);
  if (decoded === undefined || algorithm === undefined || (wanted ?? algorithm.name) !== algorithm.name) return undefined;
  if (decoded.header.typ !== undefined && !TYPES.has(decoded.header.typ.toLowerCase())) return undefined;
  return (await isSigned(context, client, decoded, algorithm)) ? decoded.payload : undefined;
}

async function isSigned(context: ServerContext, client: Client, decoded: DecodedJws, algorithm: JwsAlgorithm): Promise<boolean> {
  if (algorithm.keyType === 'oct') {
    return (
      !client.publicClient && Boolean(client.secret) && verifyJws(decoded, algorithm, createSecretKey(Buffer.from(client.secret ?? '')))
    );
  }
  const source = clientKeySource(context.outbound, client);
  const wish = { use: 'sig', algorithm: algorithm.name, kid: decoded.header.kid } as const;
  const keys = source === undefined ? [] : await context.outsideKeys.find(source, wish);
  return keys.some(({ key }) => verifyJws(decoded, algorithm, key));
}

function chosen(client: Client, attribute: string): string | undefined {
  const value = client.attributes[attribute];
  return value === '' || value === 'any' ? undefined : value;
}

function parametersOf(payload: DecodedJws['payload']): Parameters {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(payload)) {
    if (OWN_CLAIMS.has(name) || value === null) continue;
    out[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return out;
}
