import type { Client, ClientScope, Role } from '../model/index.ts';
import type { BuiltInClient } from './default-clients.ts';
import type { Fields } from './fields.ts';
import type { RealmPlan } from './realm-plan.ts';
import type { RoleBook } from './role-book.ts';

export interface MappingParts {
  readonly book: RoleBook;
  readonly clients: ReadonlyMap<string, Client>;
  readonly scopes: readonly ClientScope[];
  readonly builtIn: readonly BuiltInClient[];
}

/** Which roles clients and client scopes may put into tokens: `scopeMappings` (realm roles) and `clientScopeMappings` (by the roles' client). */
export function planScopeMappings(
  fields: Fields,
  { book, clients, scopes, builtIn }: MappingParts,
): Pick<RealmPlan, 'clientMappings' | 'scopeMappings'> {
  const clientMappings = new Map<string, string[]>();
  const scopeMappings = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, id: string, roles: readonly Role[]): void => {
    map.set(id, [...new Set([...(map.get(id) ?? []), ...roles.map((role) => role.id)])]);
  };
  const take = (entry: Fields, roleClient: string | undefined): void => {
    const roles = (entry.texts('roles') ?? []).map((name) => book.need(roleClient, name, ''));
    const clientId = entry.text('client');
    const scopeName = entry.text('clientScope') ?? entry.text('clientTemplate');
    const client = clientId === undefined ? undefined : clients.get(clientId);
    const scope = scopes.find((one) => one.name === scopeName);
    if (client) add(clientMappings, client.id, roles);
    else if (clientId !== undefined) entry.refuse('client', 'does not exist');
    if (scope) add(scopeMappings, scope.id, roles);
    else if (scopeName !== undefined) entry.refuse('clientScope', 'does not exist');
  };

  const ofRealmRoles = fields.objects('scopeMappings', 'clientScope');
  for (const entry of ofRealmRoles ?? []) take(entry, undefined);
  const ofClientRoles = fields.object('clientScopeMappings');
  for (const roleClient of ofClientRoles?.names() ?? []) {
    if (!clients.has(roleClient)) ofClientRoles?.refuse(roleClient, 'belong to a client that does not exist');
    for (const entry of ofClientRoles?.objects(roleClient, 'client') ?? []) take(entry, roleClient);
  }

  if (!ofRealmRoles) {
    const offline = scopes.find((scope) => scope.name === 'offline_access');
    if (offline) add(scopeMappings, offline.id, [book.need(undefined, 'offline_access')]);
  }
  if (!ofClientRoles) {
    for (const { representation, scopeMappings: wanted = {} } of builtIn) {
      const client = clients.get(representation.clientId);
      for (const [roleClient, names] of Object.entries(wanted)) {
        if (client)
          add(
            clientMappings,
            client.id,
            names.map((name) => book.need(roleClient, name)),
          );
      }
    }
  }
  return { clientMappings, scopeMappings };
}
