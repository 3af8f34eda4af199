import type { FastifyInstance } from 'fastify';
import { clientScopesTag, clientTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Client } from '../model/index.ts';
import { type AdminHandler, adminRoutes, write } from './admin-route.ts';
import { clientOf, scopeOf } from './lookups.ts';

type List = 'defaultClientScopes' | 'optionalClientScopes';

/** Which client scopes a client has, and which ones the realm gives to new clients: as default or as optional ones. */
export function registerClientScopeChoice(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  for (const kind of ['default', 'optional'] as const) {
    declareOfClient(declare, context, kind);
    declareOfRealm(declare, context, kind);
  }
}

type Declare = (endpoint: string, handler: AdminHandler) => void;

function declareOfClient(declare: Declare, context: ServerContext, kind: 'default' | 'optional'): void {
  const path = `/clients/:clientUuid/${kind}-client-scopes`;
  const list: List = `${kind}ClientScopes`;
  const other: List = kind === 'default' ? 'optionalClientScopes' : 'defaultClientScopes';
  declare(`GET ${path}`, async (call) => {
    const client = await clientOf(call);
    const scopes = await context.storage.stores.clientScopes.ofRealm(call.realm.id);
    return client[list].flatMap((name) => scopes.filter((scope) => scope.name === name).map(({ id }) => ({ id, name })));
  });
  const change = (method: 'PUT' | 'DELETE', changed: (client: Client, name: string) => Client): void => {
    declare(`${method} ${path}/:scopeId`, async (call) => {
      const { id } = await clientOf(call);
      const scope = await scopeOf(call, 'Client scope not found');
      await write(context, async ({ clients }, touch) => {
        const current = await clients.byId(call.realm.id, id);
        if (!current) return;
        const after = changed(current, scope.name);
        if (after === current) return;
        await clients.update(after);
        touch(...clientTags(current));
      });
    });
  };
  change('PUT', (client, name) =>
    // What is in the other list stays there until it is taken out.
    client[list].includes(name) || client[other].includes(name) ? client : { ...client, [list]: [...client[list], name] },
  );
  change('DELETE', (client, name) =>
    client[list].includes(name) ? { ...client, [list]: client[list].filter((one) => one !== name) } : client,
  );
}

function declareOfRealm(declare: Declare, context: ServerContext, kind: 'default' | 'optional'): void {
  const path = `/default-${kind}-client-scopes`;
  declare(`GET ${path}`, async (call) => {
    const scopes = await context.storage.stores.clientScopes.ofRealm(call.realm.id);
    return scopes.filter((scope) => scope.realmDefault === kind).map(({ id, name, protocol }) => ({ id, name, protocol }));
  });
  const change = (method: 'PUT' | 'DELETE'): void => {
    declare(`${method} ${path}/:scopeId`, async (call) => {
      const scope = await scopeOf(call, 'Client scope not found');
      if (method === 'DELETE' && scope.realmDefault !== kind) return;
      await write(context, async ({ clientScopes }, touch) => {
        await clientScopes.update({ ...scope, realmDefault: method === 'PUT' ? kind : 'none' });
        touch(clientScopesTag(call.realm.id));
      });
    });
  };
  change('PUT');
  change('DELETE');
}
