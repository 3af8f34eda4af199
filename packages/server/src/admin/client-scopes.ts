import type { FastifyInstance } from 'fastify';
import { clientScopesTag, clientTags, scopeMappingsTag } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Client, ClientScope, Realm } from '../model/index.ts';
import { clientScopeFromRepresentation, clientScopeToRepresentation } from '../realm/client-scope-representation.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import type { Stores } from '../store/stores.ts';
import { adminRoutes, bodyOf, created, write } from './admin-route.ts';
import { invalidValue, taken } from './answers.ts';
import { scopeOf } from './lookups.ts';
import { declareProtocolMappers } from './protocol-mappers.ts';
import { clientScopeShape } from './representation-shapes.ts';
import { declareRoleLists } from './role-lists.ts';

const MAX_NAME_CHARACTERS = 255;
/** A scope is one word of a scope parameter (RFC 6749 section 3.3). */
const NAME = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Client scopes with their mappers and scope mappings. */
export function registerClientScopes(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { stores } = context.storage;

  declare('GET /client-scopes', async ({ realm }) => (await stores.clientScopes.ofRealm(realm.id)).map(clientScopeToRepresentation));

  declare('POST /client-scopes', async (call) => {
    const body = bodyOf<Representation>(call.request, clientScopeShape);
    checkName(body['name']);
    const scope = clientScopeFromRepresentation(new Fields({ ...body, id: null }, 'clientScope'), call.realm.id, 'none');
    await write(context, async ({ clientScopes }, touch) => {
      refuseTaken(await clientScopes.ofRealm(call.realm.id), scope);
      await clientScopes.insert(scope);
      touch(clientScopesTag(call.realm.id));
    });
    return created(call, `/client-scopes/${scope.id}`);
  });

  declare('GET /client-scopes/:scopeId', async (call) => clientScopeToRepresentation(await scopeOf(call)));

  declare('PUT /client-scopes/:scopeId', async (call) => {
    const before = await scopeOf(call);
    const body = bodyOf<Representation>(call.request, clientScopeShape);
    if (body['name'] !== undefined && body['name'] !== null) checkName(body['name']);
    const scope = clientScopeFromRepresentation(new Fields(body, 'clientScope'), call.realm.id, before.realmDefault, before);
    await write(context, async (open, touch) => {
      refuseTaken(await open.clientScopes.ofRealm(call.realm.id), scope);
      await open.clientScopes.update(scope);
      touch(clientScopesTag(call.realm.id));
      if (scope.name !== before.name) await renameInClients(open, call.realm, before.name, scope.name, touch);
    });
  });

  declare('DELETE /client-scopes/:scopeId', async (call) => {
    const scope = await scopeOf(call);
    await write(context, async (open, touch) => {
      await open.clientScopes.remove(call.realm.id, scope.id);
      touch(clientScopesTag(call.realm.id), scopeMappingsTag(scope.id));
      await renameInClients(open, call.realm, scope.name, undefined, touch);
    });
  });

  declareProtocolMappers(declare, '/client-scopes/:scopeId', async (call) => {
    const scope = await scopeOf(call);
    return {
      mappers: scope.protocolMappers,
      path: `/client-scopes/${scope.id}`,
      change: async ({ clientScopes }, change) => {
        const current = (await clientScopes.ofRealm(call.realm.id)).find((one) => one.id === scope.id) ?? scope;
        await clientScopes.update({ ...current, protocolMappers: change(current.protocolMappers) });
      },
      tags: [clientScopesTag(call.realm.id)],
    };
  });

  declareRoleLists(declare, '/client-scopes/:scopeId/scope-mappings', async (call) => {
    const scope = await scopeOf(call);
    return {
      roleIds: () => stores.clientScopes.scopeMappings(scope.id),
      add: ({ clientScopes }, ids) => clientScopes.addScopeMappings(scope.id, ids),
      remove: ({ clientScopes }, ids) => clientScopes.removeScopeMappings(scope.id, ids),
      tags: [scopeMappingsTag(scope.id)],
      givesPower: false,
    };
  });
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || !NAME.test(name) || name.length > MAX_NAME_CHARACTERS) {
    throw invalidValue(`Unexpected name "${typeof name === 'string' ? name.slice(0, MAX_NAME_CHARACTERS) : ''}" for ClientScope`);
  }
}

function refuseTaken(scopes: readonly ClientScope[], scope: ClientScope): void {
  if (scopes.some((one) => one.id !== scope.id && one.name === scope.name)) throw taken(`Client Scope ${scope.name} already exists`);
}

/** Clients name their scopes: a new name goes into all of them, a removed scope out of them. */
async function renameInClients(
  stores: Stores,
  realm: Realm,
  before: string,
  after: string | undefined,
  touch: (...keys: string[]) => void,
): Promise<void> {
  const renamed = (names: readonly string[]): string[] =>
    names.flatMap((name) => (name !== before ? [name] : after === undefined ? [] : [after]));
  const uses = (client: Client): boolean => client.defaultClientScopes.includes(before) || client.optionalClientScopes.includes(before);
  for (const client of (await stores.clients.list(realm.id)).filter(uses)) {
    await stores.clients.update({
      ...client,
      defaultClientScopes: renamed(client.defaultClientScopes),
      optionalClientScopes: renamed(client.optionalClientScopes),
    });
    touch(...clientTags(client));
  }
}
