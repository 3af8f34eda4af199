import type { Client } from '../model/index.ts';
import { clientToRepresentation } from '../realm/client-representation.ts';
import type { Representation } from '../realm/fields.ts';

/** A client with what the administrator may do with it. */
export function clientToAnswer(client: Client, held: ReadonlySet<string>): Representation {
  const manage = held.has('manage-clients');
  return { ...clientToRepresentation(client), access: { view: manage || held.has('view-clients'), configure: manage, manage } };
}
