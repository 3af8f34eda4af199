import type { Client, Realm } from '../../model/index.ts';
import type { ClientCredentials } from './credentials.ts';

/** What became of a proof. A refusal without words gets those that all wrong credentials get. */
export type ClientProof =
  /** `method` is its OpenID Connect name: `client_secret_basic`, `private_key_jwt`, … */
  { readonly ok: true; readonly method: string } | { readonly ok: false; readonly explained?: ClientProofError | undefined };

/** Why a proof is no good, as the caller may know it. */
export interface ClientProofError {
  readonly error: 'invalid_client' | 'unauthorized_client';
  readonly description: string;
  /** 400 unless it is said. */
  readonly status?: 401;
}

/** One way of a client to prove itself; `type` is the `clientAuthenticatorType` that chooses it. */
export interface ClientAuthenticator {
  readonly type: string;
  /** OpenID Connect names of what it takes; the discovery document lists them. */
  readonly methods: readonly string[];
  /** The client that the proof itself names, for requests that say no `client_id`; nothing of it is proven yet. */
  claimedClientId?(credentials: ClientCredentials): string | undefined;
  authenticate(realm: Realm, client: Client, credentials: ClientCredentials): Promise<ClientProof>;
}

/** The refusal that says no more than that the credentials are wrong. */
export const WRONG_CREDENTIALS: ClientProof = { ok: false };
