import { randomUUID } from 'node:crypto';
import type { Group, Role } from '../model/index.ts';
import type { Fields, Representation } from './fields.ts';

export function roleFromRepresentation(fields: Fields, realmId: string, clientUuid: string | undefined, base?: Role): Role {
  const description = fields.text('description') ?? base?.description;
  return {
    id: base?.id ?? fields.text('id') ?? randomUUID(),
    realmId,
    ...(clientUuid === undefined ? {} : { clientId: clientUuid }),
    name: fields.text('name') || base?.name || fields.requiredText('name'),
    ...(description === undefined ? {} : { description }),
    composite: base?.composite ?? false,
    attributes: fields.textListMap('attributes') ?? base?.attributes ?? {},
  };
}

/** `brief` leaves out the attributes, as lists do. */
export function roleToRepresentation(role: Role, brief = false): Representation {
  return {
    id: role.id,
    name: role.name,
    ...(role.description === undefined ? {} : { description: role.description }),
    composite: role.composite,
    clientRole: role.clientId !== undefined,
    containerId: role.clientId ?? role.realmId,
    ...(brief ? {} : { attributes: role.attributes }),
  };
}

export function groupFromRepresentation(fields: Fields, realmId: string, parent: Group | undefined, base?: Group): Group {
  const name = fields.text('name') || base?.name || fields.requiredText('name');
  return {
    id: base?.id ?? fields.text('id') ?? randomUUID(),
    realmId,
    ...(parent === undefined ? {} : { parentId: parent.id }),
    name,
    path: `${parent?.path ?? ''}/${name}`,
    attributes: fields.textListMap('attributes') ?? base?.attributes ?? {},
  };
}

export function groupToRepresentation(group: Group): Representation {
  return {
    id: group.id,
    name: group.name,
    path: group.path,
    ...(group.parentId === undefined ? {} : { parentId: group.parentId }),
    attributes: group.attributes,
  };
}
