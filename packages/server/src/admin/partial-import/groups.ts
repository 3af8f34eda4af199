import { randomUUID } from 'node:crypto';
import { grantsTag, groupTag, wholeRealm } from '../../cache/invalidation-keys.ts';
import type { Group } from '../../model/index.ts';
import type { Fields } from '../../realm/fields.ts';
import { groupFromRepresentation } from '../../realm/role-representation.ts';
import type { ImportKind, ImportWork } from './kind.ts';
import { rolesNamed } from './roles.ts';

/** Groups at the top, each with everything below it. */
export function importedGroups(body: Fields): ImportKind {
  const found = async ({ stores, realm }: ImportWork, name: string): Promise<Group | undefined> =>
    (await stores.groups.list(realm.id, { parentId: null })).find((group) => group.name === name);
  return {
    resourceType: 'GROUP',
    items: (body.objects('groups', 'name') ?? []).map((fields) => ({ name: fields.requiredText('name'), fields })),
    taken: async (work, { name }) => ((await found(work, name)) === undefined ? undefined : `Group '/${name}' already exists`),
    idOf: async (work, { name }) => (await found(work, name))?.id,

    async remove(work, { name }) {
      const group = await found(work, name);
      if (group === undefined) return;
      await work.stores.groups.remove(work.realm.id, group.id);
      work.touch(groupTag(group.id), wholeRealm(work.realm.id));
    },

    create: async (work, { fields }) => (await insertTree(work, fields, undefined)).id,
  };
}

async function insertTree(work: ImportWork, fields: Fields, parent: Group | undefined): Promise<Group> {
  const { stores, realm, touch } = work;
  const group = { ...groupFromRepresentation(fields, realm.id, parent), id: randomUUID() };
  await stores.groups.insert(group);
  const roles = await rolesNamed(work, fields, 'realmRoles', 'clientRoles');
  if (roles.length > 0)
    await stores.groups.addRoles(
      group.id,
      roles.map(({ id }) => id),
    );
  touch(groupTag(group.id), grantsTag(group.id));
  for (const child of fields.objects('subGroups', 'name') ?? []) await insertTree(work, child, group);
  return group;
}
