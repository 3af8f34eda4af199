import type { Directory } from '../../cache/contracts.ts';
import type { Client, Realm } from '../../model/index.ts';
import type { AuthenticatedClient } from '../contracts.ts';
import type { ClientAuthenticator } from './authenticator.ts';
import { clientSecretAuthenticator } from './client-secret.ts';
import { basicCredentials, type ClientCredentials } from './credentials.ts';
import { publicClientAuthenticator } from './public-client.ts';

export type { ClientCredentials } from './credentials.ts';

/** Why a client was not let in. `client` is known where only its proof failed: its web origins then decide on the CORS headers. */
export interface ClientRefusal {
  readonly ok: false;
  readonly kind: 'unknown' | 'disabled' | 'bearer-only' | 'bad-credentials';
  readonly clientId: string | undefined;
  readonly client: Client | undefined;
}

export type ClientVerdict = ({ readonly ok: true } & AuthenticatedClient) | ClientRefusal;

const authenticators: ReadonlyMap<string, ClientAuthenticator> = new Map(
  [clientSecretAuthenticator].map((authenticator) => [authenticator.type, authenticator]),
);

/** Identifies and authenticates the client of a request at the token, introspection, revocation or logout endpoint. */
export async function authenticateClient(
  directory: Pick<Directory, 'clientByClientId'>,
  realm: Realm,
  credentials: ClientCredentials,
): Promise<ClientVerdict> {
  const clientId = credentials.form.get('client_id') ?? basicCredentials(credentials.headers.authorization)?.id;
  const client = clientId ? await directory.clientByClientId(realm, clientId) : undefined;
  const refused = (kind: ClientRefusal['kind']): ClientRefusal => ({ ok: false, kind, clientId, client });
  if (client?.protocol !== 'openid-connect') return { ok: false, kind: 'unknown', clientId, client: undefined };
  if (!client.enabled) return refused('disabled');
  const authenticator = client.publicClient ? publicClientAuthenticator : authenticators.get(client.clientAuthenticatorType);
  const method = await authenticator?.authenticate(client, credentials);
  if (method === undefined) return refused('bad-credentials');
  if (client.bearerOnly) return refused('bearer-only');
  return { ok: true, client, method };
}
