import { randomUUID } from 'node:crypto';
import type { State } from '../cache/contracts.ts';
import type { Client, Realm } from '../model/index.ts';
import type { RawParameters } from './authorization-request.ts';

/** What every `request_uri` of a pushed request begins with (RFC 9126 section 2.2). */
const PREFIX = 'urn:ietf:params:oauth:request_uri:';
/** Client attribute: only pushed requests are taken (RFC 9126 section 6). */
const REQUIRED_ATTRIBUTE = 'require.pushed.authorization.requests';
/** Realm attribute with the seconds that a pushed request lives. */
const LIFESPAN_ATTRIBUTE = 'parRequestUriLifespan';
const DEFAULT_LIFESPAN_SECONDS = 60;
const ID = /^[0-9a-f-]{36}$/;

/** Whether a client may come with pushed requests only. */
export function requiresPushedRequests(client: Client): boolean {
  return client.attributes[REQUIRED_ATTRIBUTE] === 'true';
}

/** Seconds that a pushed request of the realm lives. */
export function pushedRequestSeconds(realm: Realm): number {
  const seconds = Number(realm.attributes[LIFESPAN_ATTRIBUTE]);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : DEFAULT_LIFESPAN_SECONDS;
}

/** Whether an authorization request names a pushed one. */
export function isPushedRequestUri(uri: unknown): uri is string {
  return typeof uri === 'string' && uri.startsWith(PREFIX);
}

/** Keeps a checked authorization request; the answer is its `request_uri`. */
export async function pushRequest(
  state: Pick<State, 'singleUseObjects'>,
  realm: Realm,
  client: Client,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const id = randomUUID();
  await state.singleUseObjects.put(keyOf(realm, id), pushedRequestSeconds(realm), { ...parameters, client_id: client.clientId });
  return PREFIX + id;
}

/**
 * Takes a pushed request: of any number of tries on all nodes one gets it (RFC 9126 section 7.3). Nothing of the address it came by counts but
 * `client_id`, which must be the one that pushed (section 4).
 */
export async function takePushedRequest(
  state: Pick<State, 'singleUseObjects'>,
  realm: Realm,
  requestUri: string,
  clientId: string,
): Promise<RawParameters | undefined> {
  const id = requestUri.slice(PREFIX.length);
  const parameters = ID.test(id) ? await state.singleUseObjects.remove(keyOf(realm, id)) : undefined;
  return parameters?.['client_id'] === clientId ? parameters : undefined;
}

function keyOf(realm: Realm, id: string): string {
  return `par:${realm.id}:${id}`;
}
