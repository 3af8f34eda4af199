import { randomUUID } from 'node:crypto';
import type { SessionPair, State } from '../cache/contracts.ts';
import type { Client, Realm } from '../model/index.ts';

/**
 * Authorization codes (RFC 6749 section 4.1): `<uuid>.<user session id>.<client UUID>`. The uuid is the key of a single-use object that
 * holds what the authorization request asked for; the other two parts let a replay find the client session that it kills.
 */

/** What a code stands for. */
export interface CodeGrant {
  /** Id of the user session; the client session must be in it before the code is created. */
  readonly sessionId: string;
  readonly client: Client;
  /** `redirect_uri` of the authorization request as it was sent; the token request must repeat it. */
  readonly redirectUri: string;
  /** Requested scope, space separated. */
  readonly scope: string;
  readonly nonce?: string | undefined;
  readonly codeChallenge?: string | undefined;
  /** `S256` or `plain`; absent with a challenge means `plain` (RFC 7636 section 4.3). */
  readonly codeChallengeMethod?: string | undefined;
  /** Key that the exchange must prove (`dpop_jkt`, RFC 9449 section 10). */
  readonly keyThumbprint?: string | undefined;
}

/** A code that was taken, with the sessions it was issued in. */
export interface RedeemedCode {
  readonly ok: true;
  readonly pair: SessionPair;
  readonly clientUuid: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly codeChallengeMethod: string | undefined;
  readonly keyThumbprint: string | undefined;
}

/** A code that is not (or no longer) good. `sessionId` is what the code claims, for the event. */
export interface RefusedCode {
  readonly ok: false;
  readonly sessionId: string | undefined;
}

const MAX_CODE_LENGTH = 200;
/** What looks like a code with a session in it. */
const CLAIMED = /^[^.]{1,64}\.([A-Za-z0-9_-]{1,64})\.[^.]{1,64}$/;
const CODE = /^([0-9a-f-]{36})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})$/;

/** Creates a code that lives for the realm's `accessCodeLifespan`. */
export async function createCode(state: Pick<State, 'singleUseObjects'>, realm: Realm, grant: CodeGrant): Promise<string> {
  const id = randomUUID();
  const notes: Record<string, string> = { redirectUri: grant.redirectUri, scope: grant.scope };
  if (grant.nonce !== undefined) notes['nonce'] = grant.nonce;
  if (grant.codeChallenge !== undefined) notes['codeChallenge'] = grant.codeChallenge;
  if (grant.codeChallengeMethod !== undefined) notes['codeChallengeMethod'] = grant.codeChallengeMethod;
  if (grant.keyThumbprint !== undefined) notes['keyThumbprint'] = grant.keyThumbprint;
  const code = `${id}.${grant.sessionId}.${grant.client.id}`;
  await state.singleUseObjects.put(keyOf(realm, code), realm.accessCodeLifespan, notes);
  return code;
}

/**
 * Takes a code: of any number of tries on all nodes one gets it. Every other try by the code's own client removes the client session
 * that the code was issued in, so that tokens of a stolen code die (RFC 6749 section 4.1.2).
 */
export async function redeemCode(
  state: Pick<State, 'singleUseObjects' | 'userSessions'>,
  realm: Realm,
  client: Client,
  code: string,
): Promise<RedeemedCode | RefusedCode> {
  const parts = code.length <= MAX_CODE_LENGTH ? CODE.exec(code) : null;
  const [, , sessionId = '', clientUuid = ''] = parts ?? [];
  if (!parts) return { ok: false, sessionId: CLAIMED.exec(code)?.[1] };
  // The sessions are read first: a loser of a race may remove the client session as soon as the code is taken, and the winner still wins.
  const pair = await state.userSessions.pair(realm, sessionId, client, false);
  if (!pair) return { ok: false, sessionId };
  const notes = await state.singleUseObjects.remove(keyOf(realm, code));
  if (!notes) {
    if (clientUuid === client.id) await state.userSessions.removeClient(realm, sessionId, clientUuid, false);
    return { ok: false, sessionId };
  }
  return {
    ok: true,
    pair,
    clientUuid,
    redirectUri: notes['redirectUri'] ?? '',
    scope: notes['scope'] ?? '',
    nonce: notes['nonce'],
    codeChallenge: notes['codeChallenge'],
    codeChallengeMethod: notes['codeChallengeMethod'],
    keyThumbprint: notes['keyThumbprint'],
  };
}

/** The whole code is in the key: a code with a foreign session or client part is another code. Realms do not share codes. */
function keyOf(realm: Realm, code: string): string {
  return `code:${realm.id}:${code}`;
}
