import { createTicket } from '../../authorization/changes/tickets.ts';
import type { Wanted } from '../../authorization/wished.ts';
import type { ServerContext } from '../../context.ts';
import type { Realm, ResourceServer } from '../../model/index.ts';
import type { Granted } from './granted.ts';

/**
 * Leaves the wishes that were not granted with the owners of the resources, who may grant them later (UMA 2.0 Grant section 3.3.6,
 * request_submitted). Only resources that their owners manage are asked for.
 */
export async function submitRequest(
  context: ServerContext,
  realm: Realm,
  server: ResourceServer,
  wanted: readonly Wanted[],
  { subjectId, scopes }: Granted,
): Promise<void> {
  await context.authorization.change(realm, server, async (change) => {
    for (const { resource: id, scopes: names } of wanted) {
      const [resource] = id === undefined ? [] : await change.stores.resources.byIds(server.id, [id]);
      if (!resource?.ownerManagedAccess || resource.owner === subjectId || resource.owner === server.id) continue;
      const scopeIds = names.length === 0 ? resource.scopeIds : names.flatMap((name) => scopes.byName.get(name)?.id ?? []);
      const each = scopeIds.length === 0 ? [undefined] : scopeIds;
      for (const scopeId of each) await createTicket(change, { resource, scopeId, requester: subjectId }, context.clock.nowMs());
    }
  });
}
