import type { Client } from '../../model/index.ts';
import type { ClientCredentials } from './credentials.ts';

/** One way of a client to prove itself; `type` is the `clientAuthenticatorType` that chooses it. */
export interface ClientAuthenticator {
  readonly type: string;
  /** The method by its OpenID Connect name (`client_secret_basic`, …), undefined where the proof is missing or wrong. */
  authenticate(client: Client, credentials: ClientCredentials): Promise<string | undefined>;
}
