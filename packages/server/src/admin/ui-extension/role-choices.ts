import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import type { Client, Role } from '../../model/index.ts';
import { roleToRepresentation } from '../../realm/role-representation.ts';
import { type AdminCall, adminRoutes, bodyOf, parameter } from '../admin-route.ts';
import { forbidden, notFound } from '../answers.ts';
import { isMet, roleByIdPermissions } from '../endpoint-permissions.ts';
import { paged, pageOf, queryText } from '../query.ts';
import { changeRoles } from '../role-lists.ts';
import { holderOf, isHolderKind } from './role-holder.ts';
import { removedRolesShape } from './shapes.ts';

/** Which roles a user, a group, a client, a client scope or a role may be given, and which it has. */
export function registerRoleChoices(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const of = '/:kind/:holderId';

  declare(`GET /ui-ext/available-roles${of}`, async (call) => {
    const held = new Set(await (await holderOfCall(call)).roleIds());
    const rows = [];
    for (const client of await allClients(call)) {
      for (const role of await context.storage.stores.roles.list(call.realm.id, client.id)) {
        if (!held.has(role.id)) rows.push(clientRoleRow(role, client));
      }
    }
    return paged(searched(call, rows), pageOf(call.request));
  });

  declare(`GET /ui-ext/effective-roles${of}`, async (call) => {
    const rows = (await effective(call)).flatMap(({ role, client }) => (client === undefined ? [] : [clientRoleRow(role, client)]));
    return searched(call, rows);
  });

  declare(`GET /ui-ext/effective-roles-all${of}`, async (call) =>
    (await effective(call)).map(({ role, client }) => ({
      id: role.id,
      name: role.name,
      ...(role.description === undefined ? {} : { description: role.description }),
      clientRole: client !== undefined,
      ...(client === undefined ? {} : { client: client.clientId, clientId: client.id }),
    })),
  );

  declare('GET /ui-ext/role-mappings/roles/:holderId', async (call) => {
    const parent = await roleOf(call);
    const { roles } = context.storage.stores;
    const children = await roles.byIds(call.realm.id, await roles.composites(parent.id));
    const clientMappings: Record<string, unknown> = {};
    for (const client of await allClients(call)) {
      const mappings = children.filter(({ clientId }) => clientId === client.id).map((role) => roleToRepresentation(role, true));
      if (mappings.length > 0) clientMappings[client.clientId] = { id: client.id, client: client.clientId, mappings };
    }
    const realmMappings = children.filter(({ clientId }) => clientId === undefined).map((role) => roleToRepresentation(role, true));
    return {
      ...(realmMappings.length === 0 ? {} : { realmMappings }),
      ...(Object.keys(clientMappings).length === 0 ? {} : { clientMappings }),
    };
  });

  declare(`POST /ui-ext/role-mapping-delete${of}`, async (call) => {
    const named = bodyOf<readonly { readonly roleId?: string | null }[]>(call.request, removedRolesShape);
    const holder = await holderOfCall(call, 'manage');
    const roles = await context.storage.stores.roles.byIds(
      call.realm.id,
      named.flatMap((one) => one?.roleId ?? []),
    );
    await changeRoles(call, holder, roles, (stores, ids) => holder.remove(stores, ids));
  });
}

async function holderOfCall(call: AdminCall, purpose: 'view' | 'manage' = 'view') {
  const kind = parameter(call.request, 'kind');
  if (!isHolderKind(kind)) throw notFound('There is nothing of this kind');
  return holderOf(call, kind, parameter(call.request, 'holderId'), purpose);
}

async function roleOf(call: AdminCall): Promise<Role> {
  const role = await call.context.storage.stores.roles.byId(call.realm.id, parameter(call.request, 'holderId'));
  if (role === undefined) throw notFound('Could not find role');
  if (!isMet(roleByIdPermissions.view[role.clientId === undefined ? 'realm' : 'client'], call.held)) throw forbidden();
  return role;
}

async function allClients({ context, realm }: AdminCall): Promise<readonly Client[]> {
  return context.storage.stores.clients.list(realm.id);
}

/** Roles however they came, by client and name; those of the realm come first. */
async function effective(call: AdminCall): Promise<readonly { readonly role: Role; readonly client: Client | undefined }[]> {
  const { directory } = call.context.state;
  const holder = await holderOfCall(call);
  const all = await directory.expandRoles(call.realm, await holder.effectiveRoleIds());
  const named = await Promise.all(
    all.map(async (role) => ({
      role,
      client: role.clientId === undefined ? undefined : await directory.clientById(call.realm, role.clientId),
    })),
  );
  const key = ({ role, client }: (typeof named)[number]): string => `${client?.clientId ?? ''}\n${role.name}`;
  return named.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

function clientRoleRow(role: Role, client: Client) {
  return {
    id: role.id,
    role: role.name,
    client: client.clientId,
    clientId: client.id,
    ...(role.description === undefined ? {} : { description: role.description }),
  };
}

function searched<T extends { readonly role: string; readonly client: string }>({ request }: AdminCall, rows: readonly T[]): readonly T[] {
  const search = queryText(request, 'search')?.trim().toLowerCase() ?? '';
  return rows.filter(({ role, client }) => `${role}\n${client}`.toLowerCase().includes(search));
}
