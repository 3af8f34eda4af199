import { createHash } from 'node:crypto';
import type { State } from '../../cache/contracts.ts';
import type { Clock } from '../../model/clock.ts';
import type { Realm } from '../../model/index.ts';
import type { Tokens } from '../../token/contracts.ts';
import { type BadProof, checkProof, type GoodProof } from './proof.ts';

export interface ProofParts {
  readonly state: Pick<State, 'singleUseObjects'>;
  readonly tokens: Pick<Tokens, 'signSessionId' | 'verifySessionId'>;
  readonly clock: Clock;
}

/** Where a proof is to be used. */
export interface ProofUse {
  readonly method: string;
  readonly url: string;
  readonly accessToken?: string | undefined;
  /** Whether the proof must name a nonce of this server (RFC 9449 section 8). */
  readonly nonceDemanded: boolean;
}

/** The nonce is missing, too old or not ours: the sender gets `fresh` and tries again. */
export interface NonceWanted extends BadProof {
  readonly fresh: string;
}

export type ProofVerdict = GoodProof | BadProof | NonceWanted;

/** Client attribute that makes proofs name a nonce; the original knows none and so has no such setting. */
export const NONCE_ATTRIBUTE = 'dpop.nonce.required';
/** A nonce is good in the window that it was made in and in the next one. Any node makes and knows them: nothing is stored. */
const WINDOW_SECONDS = 60;
const NONCE = /^dpop-(\d{1,12})$/;

/** A nonce for the proofs of the next minute. */
export function freshNonce({ tokens, clock }: ProofParts, realm: Realm): Promise<string> {
  return tokens.signSessionId(realm, `dpop-${Math.floor(clock.nowSeconds() / WINDOW_SECONDS)}`);
}

async function isOurNonce({ tokens, clock }: ProofParts, realm: Realm, nonce: string | undefined): Promise<boolean> {
  const id = nonce === undefined ? undefined : await tokens.verifySessionId(realm, nonce);
  const window = NONCE.exec(id ?? '')?.[1];
  const age = window === undefined ? -1 : Math.floor(clock.nowSeconds() / WINDOW_SECONDS) - Number(window);
  return age === 0 || age === 1;
}

/** Checks a proof and uses it up: of any number of uses of one `jti` with one key, on all nodes, the first counts (RFC 9449 section 11.1). */
export async function useProof(parts: ProofParts, realm: Realm, text: string, use: ProofUse): Promise<ProofVerdict> {
  const now = parts.clock.nowSeconds();
  const proof = checkProof(text, { ...use, nowSeconds: now });
  if (!proof.ok) return proof;
  if (use.nonceDemanded && !(await isOurNonce(parts, realm, proof.nonce))) {
    return { ok: false, reason: 'Authorization server requires nonce in DPoP proof', fresh: await freshNonce(parts, realm) };
  }
  const id = createHash('sha256').update(proof.id).digest('base64url');
  const isFirst = await parts.state.singleUseObjects.putIfAbsent(`dpop:${realm.id}:${proof.thumbprint}:${id}`, proof.endsAt - now + 1);
  return isFirst ? proof : { ok: false, reason: 'DPoP proof has already been used' };
}
