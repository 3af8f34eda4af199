import { clientTags } from '../cache/invalidation-keys.ts';
import type { Client } from '../model/index.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { type OutsideKey, parseKeySet, parseStoredKey } from './outside-key.ts';
import type { KeySource } from './outside-keys.ts';

/** Largest key set that is read, in bytes. */
const MAX_KEY_SET_BYTES = 262_144;

/** Keys under an address (RFC 7517 section 5). */
export async function fetchKeySet(outbound: Outbound, url: string): Promise<readonly OutsideKey[]> {
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const answer = await outbound({ url, headers, maxBytes: MAX_KEY_SET_BYTES });
  if (answer.status !== 200) throw new Error(`the key set was answered with status ${answer.status}`);
  return parseKeySet(answer.body.toString('utf8'));
}

/**
 * Where a client's keys are, by Keycloak's attributes: at an address (`use.jwks.url`), as a key set (`use.jwks.string`), or as one certificate or key.
 * Undefined where there are none.
 */
export function clientKeySource(outbound: Outbound, client: Client): KeySource | undefined {
  const { attributes } = client;
  const tags = clientTags(client);
  const url = attributes['jwks.url'];
  if (attributes['use.jwks.url'] === 'true') {
    return url ? { id: `client:${client.id}:${url}`, tags, load: () => fetchKeySet(outbound, url) } : undefined;
  }
  const id = `client:${client.id}:stored:${client.version}`;
  const text = attributes['jwks.string'];
  if (attributes['use.jwks.string'] === 'true') return text ? { id, tags, load: async () => parseKeySet(text) } : undefined;
  const kid = attributes['jwt.credential.kid'] || undefined;
  const certificate = attributes['jwt.credential.certificate'];
  if (certificate) return { id, tags, load: async () => [parseStoredKey(certificate, 'CERTIFICATE', kid)] };
  const key = attributes['jwt.credential.public.key'];
  return key ? { id, tags, load: async () => [parseStoredKey(key, 'PUBLIC KEY', kid)] } : undefined;
}
