import type { Directory } from '../../cache/contracts.ts';
import type { Client, Realm } from '../../model/index.ts';
import type { AuthenticatedClient } from '../contracts.ts';
import type { ClientAuthenticator, ClientProofError } from './authenticator.ts';
import { basicCredentials, type ClientCredentials } from './credentials.ts';
import { publicClientAuthenticator } from './public-client.ts';

export type { ClientCredentials } from './credentials.ts';

/** Why a client was not let in. `client` is known where only its proof failed: its web origins then decide on the CORS headers. */
export interface ClientRefusal {
  readonly ok: false;
  readonly kind: 'unknown' | 'disabled' | 'bearer-only' | 'bad-credentials';
  readonly clientId: string | undefined;
  readonly client: Client | undefined;
  /** What the method itself says of bad credentials. */
  readonly explained?: ClientProofError | undefined;
}

export type ClientVerdict = ({ readonly ok: true } & AuthenticatedClient) | ClientRefusal;

/** Identifies and authenticates the client of a request at the token, introspection, revocation, logout or another such endpoint. */
export interface ClientAuthentication {
  /** OpenID Connect names of the methods, for the discovery document. */
  readonly methods: readonly string[];
  authenticate(realm: Realm, credentials: ClientCredentials): Promise<ClientVerdict>;
}

/** Lets each client in by the one method that it is registered for. */
export function createClientAuthentication(
  directory: Pick<Directory, 'clientByClientId'>,
  authenticators: readonly ClientAuthenticator[],
): ClientAuthentication {
  const byType = new Map(authenticators.map((authenticator) => [authenticator.type, authenticator]));

  function claimedBy(credentials: ClientCredentials): string | undefined {
    for (const authenticator of authenticators) {
      const id = authenticator.claimedClientId?.(credentials);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  return {
    methods: authenticators.flatMap((authenticator) => authenticator.methods),
    async authenticate(realm, credentials) {
      const named = credentials.form.get('client_id') ?? basicCredentials(credentials.headers.authorization)?.id;
      const clientId = named ?? claimedBy(credentials);
      const client = clientId ? await directory.clientByClientId(realm, clientId) : undefined;
      const unknown: ClientRefusal = { ok: false, kind: 'unknown', clientId, client: undefined };
      const refused = (kind: ClientRefusal['kind'], explained?: ClientProofError): ClientRefusal => ({
        ok: false,
        kind,
        clientId,
        client,
        explained,
      });
      if (client?.protocol !== 'openid-connect') return unknown;
      const authenticator = client.publicClient ? publicClientAuthenticator : byType.get(client.clientAuthenticatorType);
      // A proof may name clients of its own kind only: it says nothing of one that proves itself in another way.
      if (named === undefined && authenticator?.claimedClientId === undefined) return unknown;
      if (!client.enabled) return refused('disabled');
      const proof = await authenticator?.authenticate(realm, client, credentials);
      if (!proof?.ok) return refused('bad-credentials', proof?.explained);
      if (client.bearerOnly) return refused('bearer-only');
      return { ok: true, client, method: proof.method };
    },
  };
}
