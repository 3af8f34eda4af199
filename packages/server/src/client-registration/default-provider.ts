import { withoutSwitchedOffMembers } from '../admin/client-answers.ts';
import { clientShape } from '../admin/representation-shapes.ts';
import type { Client } from '../model/index.ts';
import { clientToRepresentation } from '../realm/client-representation.ts';
import type { Representation } from '../realm/fields.ts';
import type { RegistrationCall } from './caller.ts';
import { registerClient, updateClient, viewClient } from './changes.ts';
import { nextToken, type RegistrationProvider, registrationTokenFor } from './provider.ts';

/** Registration in the form of Admin REST: a ClientRepresentation. */
export const defaultProvider: RegistrationProvider = {
  id: 'default',
  shape: clientShape,
  async register(call, wanted) {
    const client = await registerClient(call, wanted);
    return { client, shown: await shown(call, client, await registrationTokenFor(call, client)) };
  },
  async view(call, clientId) {
    const client = await viewClient(call, clientId);
    return shown(call, client, await nextToken(call, client));
  },
  async update(call, clientId, wanted) {
    const client = await updateClient(call, clientId, wanted);
    return shown(call, client, await nextToken(call, client));
  },
};

async function shown(call: RegistrationCall, client: Client, token: string | undefined): Promise<Representation> {
  return {
    ...withoutSwitchedOffMembers(call.context, clientToRepresentation(client)),
    defaultRoles: await defaultRolesOf(call, client),
    ...(token === undefined ? {} : { registrationAccessToken: token }),
  };
}

/** Names of the client's roles that every user has. */
async function defaultRolesOf({ context, realm }: RegistrationCall, client: Client): Promise<readonly string[]> {
  const { roles } = context.storage.stores;
  const found = await roles.byIds(realm.id, await roles.composites(realm.defaultRole.id));
  return found.filter((role) => role.clientId === client.id).map((role) => role.name);
}
