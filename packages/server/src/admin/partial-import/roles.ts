import { randomUUID } from 'node:crypto';
import { compositesTag, holdersTag, roleTags, wholeRealm } from '../../cache/invalidation-keys.ts';
import { ReplyError } from '../../http/errors.ts';
import type { Role } from '../../model/index.ts';
import type { Fields } from '../../realm/fields.ts';
import { roleFromRepresentation } from '../../realm/role-representation.ts';
import { badRequest } from '../answers.ts';
import type { ImportItem, ImportKind, ImportWork } from './kind.ts';

interface RoleItem extends ImportItem {
  /** Of the client whose role it is. */
  readonly clientId?: string;
}

/** Roles of the realm, then those of clients. Composites come together when all roles are there. */
export function importedRoles(body: Fields): readonly ImportKind<RoleItem>[] {
  const roles = body.object('roles');
  const ofRealm = (roles?.objects('realm', 'name') ?? []).map((fields) => ({ name: fields.requiredText('name'), fields }));
  const clients = roles?.object('client');
  const ofClients = (clients?.names() ?? []).flatMap((clientId) =>
    (clients?.objects(clientId, 'name') ?? []).map((fields) => ({
      name: fields.requiredText('name'),
      label: `${clientId}-->${fields.text('name')}`,
      fields,
      clientId,
    })),
  );
  return [
    rolesOf('REALM_ROLE', ofRealm, ({ name }) => `Realm role '${name}' already exists.`),
    rolesOf('CLIENT_ROLE', ofClients, ({ name, clientId }) => `Client role '${name}' for client '${clientId}' already exists.`),
  ];
}

function rolesOf(resourceType: string, items: readonly RoleItem[], taken: (item: RoleItem) => string): ImportKind<RoleItem> {
  const found = async (work: ImportWork, { name, clientId }: RoleItem): Promise<Role | undefined> => roleNamed(work, clientId, name);
  return {
    resourceType,
    items,
    taken: async (work, item) => ((await found(work, item)) === undefined ? undefined : taken(item)),
    idOf: async (work, item) => (await found(work, item))?.id,

    async remove(work, item) {
      const { stores, realm, touch } = work;
      const role = await found(work, item);
      // Every user holds the realm's default role: it is changed, never taken away.
      if (role === undefined || role.id === realm.defaultRole.id) return;
      await stores.roles.remove(realm.id, role.id);
      touch(...roleTags(role), wholeRealm(realm.id));
    },

    async create(work, item) {
      const { stores, realm, touch } = work;
      const kept = await found(work, item);
      if (kept !== undefined) return kept.id;
      const client = item.clientId === undefined ? undefined : await stores.clients.byClientId(realm.id, item.clientId);
      if (item.clientId !== undefined && client === undefined)
        throw new ReplyError(412, { errorMessage: `There is no client ${item.clientId} for the role ${item.name}` });
      const { id: _, ...read } = roleFromRepresentation(item.fields, realm.id, client?.id);
      const role = { ...read, id: randomUUID() };
      await stores.roles.insert(role);
      touch(...roleTags(role));
      return role.id;
    },

    async finish(work, item) {
      const composites = item.fields.object('composites');
      const parent = composites && (await found(work, item));
      if (composites === undefined || parent === undefined) return;
      const children = await rolesNamed(work, composites, 'realm', 'client');
      const ids = children.map(({ id }) => id).filter((id) => id !== parent.id);
      if (ids.length === 0) return;
      await work.stores.roles.addComposites(parent.id, ids);
      work.touch(compositesTag(parent.id), ...roleTags(parent), ...ids.map(holdersTag));
    },
  };
}

async function roleNamed({ stores, realm }: ImportWork, clientId: string | undefined, name: string): Promise<Role | undefined> {
  if (clientId === undefined) return stores.roles.byName(realm.id, undefined, name);
  const client = await stores.clients.byClientId(realm.id, clientId);
  return client && stores.roles.byName(realm.id, client.id, name);
}

/** The roles that two fields of an object name. @throws ReplyError 400 where one is not there. */
export async function rolesNamed(work: ImportWork, fields: Fields, realmField: string, clientField: string): Promise<readonly Role[]> {
  const named: (readonly [clientId: string | undefined, name: string])[] = [
    ...(fields.texts(realmField) ?? []).map((name) => [undefined, name] as const),
    ...Object.entries(fields.textListMap(clientField) ?? {}).flatMap(([clientId, names]) => names.map((name) => [clientId, name] as const)),
  ];
  const roles: Role[] = [];
  for (const [clientId, name] of named) {
    const role = await roleNamed(work, clientId, name);
    if (role === undefined) throw badRequest(`Unable to find role ${name}`);
    roles.push(role);
  }
  return roles;
}
