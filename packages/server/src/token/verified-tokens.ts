import { SieveMap } from '../cache/sieve-map.ts';
import { type DecodedJws, parsePayload } from './jws.ts';
import type { KeyMaterial } from './keys.ts';

/** Tokens remembered on a node: those of the applications that are busy now. With their texts about 3 MB. */
const MAX_TOKENS = 1_000;

interface Verified {
  readonly decoded: Omit<DecodedJws, 'payload'>;
  /** JSON; parsed anew each time, so that no caller's changes reach the next one. */
  readonly payload: string;
  readonly material: KeyMaterial;
}

/**
 * Which tokens, letter by letter, were found to be signed by which key: a resource server shows the same access token again and again.
 * Nothing but the signature is remembered; whether the key still counts, and all that is in the token, is checked at each use.
 */
export class VerifiedTokens {
  readonly #tokens = new SieveMap<Verified>(MAX_TOKENS, () => {});

  /** The token taken apart, with the key that signed it. */
  find(token: string): { readonly decoded: DecodedJws; readonly material: KeyMaterial } | undefined {
    const known = this.#tokens.get(token);
    const payload = known && parsePayload(known.payload);
    return known && payload && { decoded: { ...known.decoded, payload }, material: known.material };
  }

  remember(token: string, decoded: DecodedJws, material: KeyMaterial): void {
    const { payload, ...rest } = decoded;
    this.#tokens.set(token, { decoded: rest, payload: JSON.stringify(payload), material });
  }
}
