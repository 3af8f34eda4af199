import { DEFAULT_PAGE_SIZE, pageOf, queryFlag, queryText } from '../admin/query.ts';
import { representation } from '../admin/representation-shapes.ts';
import { createTicket, grantTicket, removeTicket, revokeTicket } from '../authorization/changes/tickets.ts';
import type { Json } from '../authorization/policies/policy-type.ts';
import { refused } from '../authorization/refusal.ts';
import { given } from '../authorization/representation/shapes.ts';
import type { AuthorizationScope, PermissionTicket, ProtectedResource } from '../model/index.ts';
import type { TicketQuery } from '../store/authorization-stores.ts';
import { bodyOf, change, type ProtectionCall, type ProtectionHandler, parameter } from './protection-route.ts';

interface TicketBody {
  readonly id?: string | null;
  readonly resource?: string | null;
  readonly scope?: string | null;
  readonly scopeName?: string | null;
  readonly requester?: string | null;
  readonly requesterName?: string | null;
  readonly granted?: boolean | null;
}

const shape = representation('PermissionTicketRepresentation', {
  texts: 'id owner resource scope scopeName resourceName requester ownerName requesterName',
  flags: 'granted',
});
const invalidTicket = () => refused(400, 'invalid_request', 'invalid_ticket');
const invalid = (why: string) => refused(400, 'invalid_permission', why);

/** Wishes of users for resources of others, for their owners to grant. Nobody sees or changes the tickets of third parties. */
export function declareTickets(declare: (endpoint: string, handler: ProtectionHandler) => void): void {
  declare('GET /permission/ticket', async (call) => {
    const tickets = await visible(call, { ...(await queryOf(call)), ...pageOf(call.request, DEFAULT_PAGE_SIZE) });
    const names = queryFlag(call.request, 'returnNames') ?? false;
    return Promise.all(tickets.map((ticket) => shown(call, ticket, names)));
  });

  declare('GET /permission/ticket/count', async (call) => {
    if (!call.isServer) return (await visible(call, await queryOf(call))).length;
    return call.context.storage.stores.authorization.tickets.count(call.server.id, await queryOf(call));
  });

  declare('POST /permission/ticket', async (call) => {
    const body = bodyOf<TicketBody>(call, shape);
    if (body === undefined) throw refused(400, 'invalid_request', 'invalid_permission');
    const { resource, scope, requester } = await wishOf(call, body);
    const nowMs = call.context.clock.nowMs();
    const ticket = await change(call, async (open) => {
      const made = await createTicket(open, { resource, scopeId: scope.id, requester }, nowMs);
      if (made === undefined) throw invalid('Permission already exists');
      return body.granted === true ? grantTicket(open, made, nowMs) : made;
    });
    return shown(call, ticket, false);
  });

  declare('PUT /permission/ticket', async (call) => {
    const body = bodyOf<TicketBody>(call, shape);
    const ticket = await ticketOf(call, body?.id ?? undefined);
    if (!call.isServer && ticket.owner !== call.subjectId) {
      const why = `permissions for [${body?.resource ?? 'null'}] can be updated only by the owner or by the resource server`;
      throw refused(403, 'not_authorised', why);
    }
    await change(call, async (open) => {
      if (body?.granted === true) await grantTicket(open, ticket, call.context.clock.nowMs());
      else await revokeTicket(open, ticket);
    });
  });

  declare('DELETE /permission/ticket/:ticketId', async (call) => {
    const ticket = await ticketOf(call, parameter(call, 'ticketId'));
    if (!call.isServer && ticket.owner !== call.subjectId && ticket.requester !== call.subjectId) {
      const why = `permissions for [${ticket.resourceId}] can be deleted only by the owner, the requester, or the resource server`;
      throw refused(403, 'not_authorised', why);
    }
    await change(call, (open) => removeTicket(open, ticket));
  });
}

async function queryOf({ context, realm, server, request }: ProtectionCall): Promise<TicketQuery> {
  const text = (name: string): string | undefined => queryText(request, name) || undefined;
  const scope = text('scopeId');
  const scopes = scope === undefined ? undefined : await context.authorization.directory.scopes(server);
  const userId = async (name: string): Promise<string | undefined> => {
    const user = text(name);
    if (user === undefined) return undefined;
    const { users } = context.storage.stores;
    return ((await users.byId(realm.id, user)) ?? (await users.byUsername(realm.id, user)))?.id ?? user;
  };
  return {
    resourceId: text('resourceId'),
    scopeId: scope === undefined ? undefined : (scopes?.byName.get(scope)?.id ?? scope),
    owner: await userId('owner'),
    requester: await userId('requester'),
    granted: queryFlag(request, 'granted'),
  };
}

/** The resource server sees all tickets; a user those in which the user is the owner or the requester. */
async function visible({ context, server, subjectId, isServer }: ProtectionCall, query: TicketQuery): Promise<readonly PermissionTicket[]> {
  const { tickets } = context.storage.stores.authorization;
  if (isServer) return tickets.list(server.id, query);
  const { first = 0, max, ...rest } = query;
  const sides: TicketQuery[] = [
    ...(rest.owner === undefined || rest.owner === subjectId ? [{ ...rest, owner: subjectId }] : []),
    ...(rest.requester === undefined || rest.requester === subjectId ? [{ ...rest, requester: subjectId }] : []),
  ];
  const found = new Map((await Promise.all(sides.map((side) => tickets.list(server.id, side)))).flat().map((one) => [one.id, one]));
  return [...found.values()].slice(first, max === undefined ? undefined : first + max);
}

async function ticketOf({ context, server }: ProtectionCall, id: string | undefined): Promise<PermissionTicket> {
  const [ticket] = id === undefined ? [] : await context.storage.stores.authorization.tickets.list(server.id, { id });
  if (ticket === undefined) throw invalidTicket();
  return ticket;
}

interface CheckedWish {
  readonly resource: ProtectedResource;
  readonly scope: AuthorizationScope;
  readonly requester: string;
}

async function wishOf(call: ProtectionCall, body: TicketBody): Promise<CheckedWish> {
  const { context, realm, server, subjectId, isServer } = call;
  if (body.id) throw invalid('created permissions should not have id');
  if (!body.resource) throw invalid('created permissions should have resource');
  if (!body.scope && !body.scopeName) throw invalid('created permissions should have scope or scopeName');
  if (!body.requester && !body.requesterName) throw invalid('created permissions should have requester or requesterName');
  const { users, authorization } = context.storage.stores;
  const [resource] = await authorization.resources.byIds(server.id, [body.resource]);
  if (resource === undefined)
    throw refused(400, 'invalid_resource_id', `Resource set with id [${body.resource}] does not exists in this server.`);
  if (!isServer && resource.owner !== subjectId) {
    const why = `permissions for [${body.resource}] can be only created by the owner or by the resource server itself`;
    throw refused(403, 'not_authorised', why);
  }
  if (!resource.ownerManagedAccess) throw invalid('permission can only be created for resources with user-managed access enabled');
  const user = body.requester ? await users.byId(realm.id, body.requester) : await users.byUsername(realm.id, body.requesterName ?? '');
  if (user === undefined) throw invalid('Requester does not exists in this server as user.');
  const scopes = await context.authorization.directory.scopes(server);
  const scope = body.scopeName ? scopes.byName.get(body.scopeName) : scopes.byId.get(body.scope ?? '');
  if (scope === undefined) throw refused(400, 'invalid_scope', `Scope [${body.scopeName ?? body.scope}] is invalid`);
  if (!resource.scopeIds.includes(scope.id)) {
    throw refused(400, 'invalid_resource_id', `Resource set with id [${body.resource}] does not have Scope [${scope.name}]`);
  }
  return { resource, scope, requester: user.id };
}

async function shown({ context, realm, server }: ProtectionCall, ticket: PermissionTicket, names: boolean): Promise<Json> {
  const { id, owner, resourceId, scopeId, requester, grantedMs } = ticket;
  const { directory } = context.state;
  const named = names
    ? {
        scope: scopeId === undefined ? undefined : (await context.authorization.directory.scopes(server)).byId.get(scopeId)?.name,
        resource: (await context.authorization.directory.resource(server, resourceId))?.name,
        owner: (await directory.userById(realm, owner))?.username,
        requester: (await directory.userById(realm, requester))?.username,
      }
    : {};
  return {
    id,
    owner,
    resource: resourceId,
    ...given({ scope: scopeId }),
    granted: grantedMs !== undefined,
    ...given({ scopeName: named.scope, resourceName: named.resource }),
    requester,
    ...given({ ownerName: named.owner, requesterName: named.requester }),
  };
}
