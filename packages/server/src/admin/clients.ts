import type { FastifyInstance } from 'fastify';
import { clientTags, scopeMappingsTag } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Client, Realm } from '../model/index.ts';
import { clientFromRepresentation } from '../realm/client-representation.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import { randomSecret } from '../realm/random-secret.ts';
import { adminRoutes, bodyOf, created, write } from './admin-route.ts';
import { badRequest, forbidden, taken } from './answers.ts';
import { checkAuthorizationSwitch, followAuthorizationSwitch } from './authorization/client-switch.ts';
import { clientToAnswer, withoutSwitchedOffMembers } from './client-answers.ts';
import { freeIdOf, insertServiceAccount, realmScopes, withSecretTime } from './client-parts.ts';
import { checkClient } from './client-rules.ts';
import { clientOf } from './lookups.ts';
import { declareProtocolMappers } from './protocol-mappers.ts';
import { pageOf, queryFlag, queryText } from './query.ts';
import { isManagementClient, removeClient } from './remove-client.ts';
import { clientShape } from './representation-shapes.ts';
import { declareRoleLists } from './role-lists.ts';
import { userToListed } from './user-answers.ts';

/** Clients with their secrets, service accounts, mappers and scope mappings. */
export function registerClients(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { stores } = context.storage;

  declare('GET /clients', async ({ request, realm, held }) => {
    const clientId = queryText(request, 'clientId');
    const search = queryFlag(request, 'search') ?? false;
    const clients = await stores.clients.list(realm.id, { ...pageOf(request), clientId, search });
    if (held.has('view-clients') || held.has('manage-clients')) return clients.map((client) => clientToAnswer(context, client, held));
    // Who may only query learns that they exist.
    if (queryFlag(request, 'viewableOnly')) return [];
    return clients.map(({ id, clientId: name, description }) => ({
      id,
      clientId: name,
      ...(description === undefined ? {} : { description }),
    }));
  });

  declare('POST /clients', async (call) => {
    const { realm } = call;
    const body = withoutSwitchedOffMembers(context, bodyOf<Representation>(call.request, clientShape));
    const named = await namedLikeId(context, realm, body);
    const fields = new Fields(named, 'client');
    const client = withSecretTime(
      clientFromRepresentation(fields, realm.id, realmScopes(await stores.clientScopes.ofRealm(realm.id), fields)),
      context,
    );
    checkClient(client);
    checkAuthorizationSwitch(client);
    await write(context, async (open, touch) => {
      if (await open.clients.byClientId(realm.id, client.clientId)) throw taken(`Client ${client.clientId} already exists`);
      await open.clients.insert(client);
      touch(...clientTags(client));
      if (client.serviceAccountsEnabled) await insertServiceAccount(open, realm, client, context.clock.nowMs(), touch);
      await followAuthorizationSwitch(open, realm, client, body['authorizationSettings'], touch);
    });
    return created(call, `/clients/${client.id}`);
  });

  declare('GET /clients/:clientUuid', async (call) => clientToAnswer(context, await clientOf(call), call.held));

  declare('PUT /clients/:clientUuid', async (call) => {
    const before = await clientOf(call);
    const body = withoutSwitchedOffMembers(context, bodyOf<Representation>(call.request, clientShape));
    const fields = new Fields(body, 'client');
    await write(context, async (open, touch) => {
      const current = (await open.clients.byId(call.realm.id, before.id)) ?? before;
      const client = clientFromRepresentation(fields, call.realm.id, { defaults: [], optionals: [] }, current);
      checkClient(client);
      checkAuthorizationSwitch(client);
      await open.clients.update(client);
      touch(...clientTags(current), ...clientTags(client));
      const account = await open.users.byServiceAccount(call.realm.id, client.id);
      if (client.serviceAccountsEnabled && !account) await insertServiceAccount(open, call.realm, client, context.clock.nowMs(), touch);
      await followAuthorizationSwitch(open, call.realm, client, body['authorizationSettings'], touch);
    });
  });

  declare('DELETE /clients/:clientUuid', async (call) => {
    const client = await clientOf(call);
    if (isManagementClient(call.realm, client)) throw forbidden();
    await removeClient(context, call.realm, client);
  });

  declare('GET /clients/:clientUuid/client-secret', async (call) => secretOf(await clientOf(call)));
  declare('POST /clients/:clientUuid/client-secret', async (call) => {
    const { id } = await clientOf(call);
    const secret = randomSecret();
    const stored = await write(context, async (open, touch) => {
      const current = await open.clients.byId(call.realm.id, id);
      if (!current) return undefined;
      touch(...clientTags(current));
      return open.clients.update(withSecretTime({ ...current, secret }, context));
    });
    return stored === undefined ? undefined : secretOf(stored);
  });

  // Secrets are not rotated here: there is never an old one to take away.
  declare('DELETE /clients/:clientUuid/client-secret/rotated', async (call) => {
    await clientOf(call);
  });

  declare('GET /clients/:clientUuid/service-account-user', async (call) => {
    const client = await clientOf(call);
    const user = client.serviceAccountsEnabled ? await stores.users.byServiceAccount(call.realm.id, client.id) : undefined;
    if (!user) throw badRequest(`Service account not enabled for the client '${client.clientId}'`);
    return userToListed(user, false);
  });

  declare('POST /clients/:clientUuid/push-revocation', async (call) => {
    const client = await clientOf(call);
    return context.logouts.tellAdminUrls(call.realm, [client], 'PUSH_NOT_BEFORE', client.notBefore);
  });

  declareProtocolMappers(declare, '/clients/:clientUuid', async (call) => {
    const client = await clientOf(call);
    return {
      mappers: client.protocolMappers,
      path: `/clients/${client.id}`,
      change: async ({ clients }, change) => {
        const current = (await clients.byId(call.realm.id, client.id)) ?? client;
        await clients.update({ ...current, protocolMappers: change(current.protocolMappers) });
      },
      tags: clientTags(client),
    };
  });

  declareRoleLists(declare, '/clients/:clientUuid/scope-mappings', async (call) => {
    const client = await clientOf(call);
    return {
      roleIds: () => stores.clients.scopeMappings(client.id),
      add: ({ clients }, ids) => clients.addScopeMappings(client.id, ids),
      remove: ({ clients }, ids) => clients.removeScopeMappings(client.id, ids),
      tags: [scopeMappingsTag(client.id)],
      givesPower: false,
    };
  });
}

function secretOf({ secret }: Client): Representation {
  return { type: 'secret', ...(secret === undefined ? {} : { value: secret }) };
}

/** A body without a clientId makes a client whose clientId is its own id; an id of the body is kept if it is free. */
async function namedLikeId(context: ServerContext, realm: Realm, body: Representation): Promise<Representation> {
  const id = await freeIdOf(context, realm, body);
  const { clientId } = body;
  return { ...body, id, clientId: typeof clientId === 'string' && clientId !== '' ? clientId : id };
}
