import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { Realm, User } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import { adminRoutes, issuerOf, parameter } from './admin-route.ts';
import { notFound } from './answers.ts';
import { userOf } from './lookups.ts';

/** What a user granted to clients, and taking it back; an offline token counts as a grant of its own. */
export function registerUserConsents(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);

  declare('GET /users/:userId/consents', async (call) => consentsToRepresentation(context, call.realm, await userOf(call)));

  declare('DELETE /users/:userId/consents/:clientId', async (call) => {
    const user = await userOf(call);
    const client = await context.state.directory.clientByClientId(call.realm, parameter(call.request, 'clientId'));
    if (client === undefined) throw notFound('Client not found');
    if (!(await context.consents.revoke(call.realm, user, client, issuerOf(call)))) throw notFound('Consent nor offline token not found');
  });
}

async function consentsToRepresentation(context: ServerContext, realm: Realm, user: User): Promise<Representation[]> {
  const { directory, userSessions } = context.state;
  const [consents, offline, scopes] = await Promise.all([
    context.consents.ofUser(user),
    userSessions.ofUser(realm, user.id, true),
    directory.clientScopes(realm),
  ]);
  const names = new Map(scopes.map(({ id, name }) => [id, name]));
  const withToken = new Set(offline.flatMap(({ clients }) => clients.map(({ clientId }) => clientId)));
  const uuids = new Set([...consents.map(({ clientUuid }) => clientUuid), ...withToken]);
  const shown = await Promise.all(
    [...uuids].map(async (uuid): Promise<Representation | undefined> => {
      const client = await directory.clientById(realm, uuid);
      if (client === undefined) return undefined;
      const consent = consents.find(({ clientUuid }) => clientUuid === uuid);
      return {
        ...(consent === undefined ? {} : { createdDate: consent.createdDate, lastUpdatedDate: consent.lastUpdatedDate }),
        clientId: client.clientId,
        grantedClientScopes: consent?.scopeIds.flatMap((id) => names.get(id) ?? []) ?? [],
        additionalGrants: withToken.has(uuid) ? [{ client: uuid, key: 'Offline Token' }] : [],
      };
    }),
  );
  return shown.filter((one) => one !== undefined);
}
