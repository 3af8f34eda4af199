import { createHash } from 'node:crypto';
import type { ServerContext } from '../context.ts';
import type { Realm } from '../model/index.ts';
import { fetchKeySet } from '../outside-keys/client-keys.ts';
import { fittingKeys, type KeyWish, type OutsideKey, parseStoredKey } from '../outside-keys/outside-key.ts';
import { decodeJws, verifyJws } from '../token/jws.ts';
import { jwsAlgorithms, keyFits } from '../token/jws-algorithms.ts';
import { hasKeys, type OidcProvider } from './provider.ts';

/** Clocks of providers may differ from ours by this much, in seconds. */
export const SKEW_SECONDS = 60;
const MAX_ANSWER_BYTES = 262_144;
/** Tokens travel with the login, and are stored where the settings say so. */
const MAX_STORED_CHARACTERS = 65_536;

/** Why a provider's answer cannot be used; for the log. */
export class BrokerProblem extends Error {}

/** What a provider says of a user. */
export type OutsideClaims = Readonly<Record<string, unknown>> & { readonly sub: string };

export interface BrokeredTokens {
  readonly claims: OutsideClaims;
  /** The answer of the token endpoint, as it is stored. Never logged. */
  readonly raw: string;
  readonly idToken: string;
}

function json(bytes: Buffer, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new BrokerProblem(`${what} is no JSON object`);
}

/** Asks the provider's token endpoint, as the client that this server is there. */
export async function askForTokens(
  context: ServerContext,
  provider: OidcProvider,
  grant: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const form = new URLSearchParams(grant);
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  if (provider.secretBy === 'header') {
    const encoded = [provider.clientId, provider.clientSecret].map(encodeURIComponent).join(':');
    headers['authorization'] = `Basic ${Buffer.from(encoded).toString('base64')}`;
  } else {
    form.set('client_id', provider.clientId);
    form.set('client_secret', provider.clientSecret);
  }
  const answer = await context.outbound({
    url: provider.tokenUrl,
    method: 'POST',
    headers,
    body: form.toString(),
    maxBytes: MAX_ANSWER_BYTES,
  });
  if (answer.status !== 200) throw new BrokerProblem(`the token endpoint answered ${answer.status}`);
  return json(answer.body, 'the answer of the token endpoint');
}

/**
 * The answer of a token endpoint as it is stored: with the moment, in epoch seconds, at which its access token ends, by the original's name.
 * @throws BrokerProblem where it is too long
 */
export function storedAnswer(answer: Readonly<Record<string, unknown>>, nowSeconds: number): string {
  const { expires_in: lifespan } = answer;
  const end = typeof lifespan === 'number' && lifespan > 0 ? { accessTokenExpiration: nowSeconds + lifespan } : {};
  const text = JSON.stringify({ ...answer, ...end });
  if (text.length > MAX_STORED_CHARACTERS) throw new BrokerProblem('the answer of the token endpoint is too long');
  return text;
}

/** Checks the signature by the keys of the provider (OpenID Connect Core section 3.1.3.7). Over TLS to the token endpoint alone it may be left out. */
export async function payloadOf(
  context: ServerContext,
  realm: Realm,
  provider: OidcProvider,
  token: string,
): Promise<Record<string, unknown>> {
  const decoded = decodeJws(token);
  if (decoded === undefined) throw new BrokerProblem('the token is no signed token');
  if (!hasKeys(provider)) return decoded.payload;
  const { alg, kid } = decoded.header;
  const algorithm = jwsAlgorithms.get(alg);
  if (algorithm === undefined || alg.startsWith('HS')) throw new BrokerProblem('the token has an algorithm that is not taken');
  // Whoever sends a logout token must not see more than that it cannot be checked.
  const keys = await keysOf(context, realm, provider, { use: 'sig', algorithm: alg, kid }).catch((cause: unknown) => {
    throw new BrokerProblem('the keys of the provider cannot be had', { cause });
  });
  if (!keys.some(({ key }) => keyFits(algorithm, key) && verifyJws(decoded, algorithm, key)))
    throw new BrokerProblem('the token is not signed by the provider');
  return decoded.payload;
}

/** The keys of the provider that may have signed a token. */
async function keysOf(
  context: ServerContext,
  realm: Realm,
  { alias, jwksUrl, storedKey }: OidcProvider,
  wish: KeyWish,
): Promise<readonly OutsideKey[]> {
  if (storedKey !== undefined) {
    const key = parseStoredKey(storedKey.text, 'PUBLIC KEY', storedKey.kid);
    return fittingKeys([key], storedKey.kid === undefined ? { ...wish, kid: undefined } : wish);
  }
  if (jwksUrl === undefined) return [];
  return context.outsideKeys.find(
    {
      id: `provider:${realm.id}:${alias}:${jwksUrl}`,
      // No change of the realm makes the keys others: they hang on the address alone, which is part of the id.
      tags: [],
      load: () => fetchKeySet(context.outbound, jwksUrl),
    },
    wish,
  );
}

/** Checks what an id token says (OpenID Connect Core section 3.1.3.7). */
export function checkIdToken(provider: OidcProvider, claims: Record<string, unknown>, nonce: string, nowSeconds: number): OutsideClaims {
  const { iss, aud, azp, exp, iat, nbf, sub } = claims;
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (provider.issuer !== undefined && !provider.issuer.split(',').some((issuer) => issuer.trim() === iss))
    throw new BrokerProblem('the id token is of another issuer');
  if (!audiences.includes(provider.clientId)) throw new BrokerProblem('the id token is for somebody else');
  if ((azp !== undefined || audiences.length > 1) && azp !== provider.clientId)
    throw new BrokerProblem('the id token was issued to somebody else');
  if (typeof exp !== 'number' || exp + SKEW_SECONDS <= nowSeconds) throw new BrokerProblem('the id token is over');
  for (const time of [iat, nbf])
    if (time !== undefined && (typeof time !== 'number' || time - SKEW_SECONDS > nowSeconds))
      throw new BrokerProblem('the id token is of a time to come');
  if (claims['nonce'] !== nonce) throw new BrokerProblem('the id token is of another login');
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) throw new BrokerProblem('the id token names nobody');
  return { ...claims, sub };
}

/** The roles that the access token of a Keycloak tells, where its keys say that it is the provider's, for this server and of the same user. */
async function rolesOf(
  context: ServerContext,
  realm: Realm,
  provider: OidcProvider,
  accessToken: unknown,
  subject: string,
): Promise<Record<string, unknown>> {
  if (!provider.tellsRoles || !hasKeys(provider) || typeof accessToken !== 'string') return {};
  const { iss, azp, sub, ...claims } = await payloadOf(context, realm, provider, accessToken);
  const isOurs =
    azp === provider.clientId && sub === subject && provider.issuer?.split(',').some((issuer) => issuer.trim() === iss) === true;
  if (!isOurs) throw new BrokerProblem('the access token is of another issuer, user or client');
  return { realm_access: claims['realm_access'], resource_access: claims['resource_access'] };
}

/** Takes a code to the provider and gives what it says of the user. @throws BrokerProblem or ServerError where that cannot be relied on */
export async function tokensOfProvider(
  context: ServerContext,
  realm: Realm,
  provider: OidcProvider,
  login: { readonly code: string; readonly redirectUri: string; readonly verifier: string; readonly nonce: string },
): Promise<BrokeredTokens> {
  const { code, redirectUri, verifier } = login;
  const answer = await askForTokens(context, provider, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    ...(provider.usesPkce ? { code_verifier: verifier } : {}),
  });
  const { id_token: idToken, access_token: accessToken } = answer;
  if (typeof idToken !== 'string') throw new BrokerProblem('the provider sent no id token');
  const payload = await payloadOf(context, realm, provider, idToken);
  const claims = checkIdToken(provider, payload, login.nonce, context.clock.nowSeconds());
  const raw = storedAnswer(answer, context.clock.nowSeconds());
  const roles = await rolesOf(context, realm, provider, accessToken, claims.sub);
  if (provider.userInfoUrl === undefined || typeof accessToken !== 'string') return { claims: { ...claims, ...roles }, raw, idToken };
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
  const info = await context.outbound({ url: provider.userInfoUrl, headers, maxBytes: MAX_ANSWER_BYTES });
  if (info.status !== 200) throw new BrokerProblem(`userinfo answered ${info.status}`);
  const more = json(info.body, 'the answer of userinfo');
  // Userinfo of somebody else would be an answer to another question (OpenID Connect Core section 5.3.2).
  if (more['sub'] !== claims.sub) throw new BrokerProblem('userinfo is about somebody else');
  return { claims: { ...claims, ...more, ...roles, sub: claims.sub, sid: claims['sid'] }, raw, idToken };
}

/** The challenge of a PKCE verifier (RFC 7636 section 4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
