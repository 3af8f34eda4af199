import type { Client } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import type { RegistrationCall } from './caller.ts';
import { registerClient, updateClient, viewClient } from './changes.ts';
import { metadataOfClient } from './client-to-metadata.ts';
import { clientOfMetadata, metadataShape } from './metadata-to-client.ts';
import { nextToken, type RegistrationProvider, registrationTokenFor } from './provider.ts';
import { invalidMetadata } from './refusal.ts';

/** OpenID Connect Registration, RFC 7591 and RFC 7592: client metadata. */
export const openIdConnectProvider: RegistrationProvider = {
  id: 'openid-connect',
  shape: metadataShape,
  async register(call, wanted) {
    if (wanted['client_id'] != null) throw invalidMetadata('Client Identifier included');
    const scopes = await call.context.state.directory.clientScopes(call.realm);
    const client = await registerClient(call, clientOfMetadata(wanted, scopes, true));
    const issued = { client_id_issued_at: call.context.clock.nowSeconds() };
    return { client, shown: { ...shown(call, client, await registrationTokenFor(call, client)), ...issued } };
  },
  async view(call, clientId) {
    const client = await viewClient(call, clientId);
    return shown(call, client, await nextToken(call, client));
  },
  async update(call, clientId, wanted) {
    const scopes = await call.context.state.directory.clientScopes(call.realm);
    const client = await updateClient(call, clientId, clientOfMetadata(wanted, scopes, false));
    return shown(call, client, await nextToken(call, client));
  },
};

function shown({ issuer }: RegistrationCall, client: Client, token: string | undefined): Representation {
  return {
    ...metadataOfClient(client),
    registration_client_uri: `${issuer}/clients-registrations/openid-connect/${encodeURIComponent(client.clientId)}`,
    ...(token === undefined ? {} : { registration_access_token: token }),
  };
}
