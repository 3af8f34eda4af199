import type { ServerContext } from '../context.ts';
import type { Client } from '../model/index.ts';
import { clientToRepresentation } from '../realm/client-representation.ts';
import type { Representation } from '../realm/fields.ts';

/** A client with what the administrator may do with it. */
export function clientToAnswer(context: Pick<ServerContext, 'features'>, client: Client, held: ReadonlySet<string>): Representation {
  const manage = held.has('manage-clients');
  return {
    ...withoutSwitchedOffMembers(context, clientToRepresentation(client)),
    access: { view: manage || held.has('view-clients'), configure: manage, manage },
  };
}

/** A client as it is told and as it is taken where authorization services are off: what it had of them stays as it is. */
export function withoutSwitchedOffMembers({ features }: Pick<ServerContext, 'features'>, client: Representation): Representation {
  if (features.has('authorization')) return client;
  const { authorizationServicesEnabled: _, authorizationSettings: __, ...rest } = client;
  return rest;
}
