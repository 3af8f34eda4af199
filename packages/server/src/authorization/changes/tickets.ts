import { randomUUID } from 'node:crypto';
import { policyTags, ticketsTag } from '../../cache/authorization-keys.ts';
import type { AuthorizationPolicy, PermissionTicket, ProtectedResource } from '../../model/index.ts';
import type { Change } from './change.ts';
import { removePolicies } from './policies.ts';

/** Most tickets of one requester in one resource server: a request costs the requester nothing. */
const MAX_TICKETS_OF_REQUESTER = 10_000;

export interface TicketWish {
  readonly resource: ProtectedResource;
  /** Undefined: the whole resource. */
  readonly scopeId: string | undefined;
  readonly requester: string;
}

/** Writes a wish down; undefined where it stands already, or the requester has too many of them. */
export async function createTicket(change: Change, wish: TicketWish, nowMs: number): Promise<PermissionTicket | undefined> {
  const { stores, server, touch } = change;
  const { resource, scopeId, requester } = wish;
  if ((await stores.tickets.count(server.id, { requester })) >= MAX_TICKETS_OF_REQUESTER) return undefined;
  const ticket: PermissionTicket = {
    id: randomUUID(),
    serverId: server.id,
    resourceId: resource.id,
    ...(scopeId === undefined ? {} : { scopeId }),
    owner: resource.owner,
    requester,
    createdMs: nowMs,
  };
  if (!(await stores.tickets.insert(ticket))) return undefined;
  touch(ticketsTag(ticket));
  return ticket;
}

/** Grants a ticket: from now on a permission of the owner speaks for the requester, one for all tickets of a resource. */
export async function grantTicket(change: Change, ticket: PermissionTicket, nowMs: number): Promise<PermissionTicket> {
  if (ticket.grantedMs !== undefined) return ticket;
  const { stores, server, touch } = change;
  const others = await stores.tickets.list(server.id, { resourceId: ticket.resourceId, requester: ticket.requester, granted: true });
  const policyId = others.find((other) => other.policyId !== undefined)?.policyId;
  const [known] = policyId === undefined ? [] : await stores.policies.byIds(server.id, [policyId]);
  const policy = known ?? (await share(change, ticket));
  const { scopeId } = ticket;
  if (scopeId !== undefined && !policy.scopeIds.includes(scopeId)) {
    await stores.policies.update({ ...policy, scopeIds: [...policy.scopeIds, scopeId] });
  }
  const granted = { ...ticket, grantedMs: nowMs, policyId: policy.id };
  await stores.tickets.update(granted);
  touch(...policyTags(policy), ticketsTag(ticket));
  return granted;
}

/** Takes the grant of a ticket back; with the last one the permission goes. */
export async function revokeTicket(change: Change, ticket: PermissionTicket): Promise<void> {
  if (ticket.grantedMs === undefined) return;
  const { stores, server, touch } = change;
  await stores.tickets.update({ ...ticket, grantedMs: undefined, policyId: undefined });
  touch(ticketsTag(ticket));
  const [policy] = ticket.policyId === undefined ? [] : await stores.policies.byIds(server.id, [ticket.policyId]);
  if (policy === undefined) return;
  touch(...policyTags(policy));
  const left = await stores.tickets.list(server.id, { resourceId: ticket.resourceId, requester: ticket.requester, granted: true });
  if (left.length === 0) await removePolicies(change, [policy]);
  else await stores.policies.update({ ...policy, scopeIds: policy.scopeIds.filter((id) => id !== ticket.scopeId) });
}

export async function removeTicket(change: Change, ticket: PermissionTicket): Promise<void> {
  await revokeTicket(change, ticket);
  await change.stores.tickets.remove(change.server.id, ticket.id);
  change.touch(ticketsTag(ticket));
}

/** The permission by which an owner shares a resource with one user. */
async function share({ stores, server, touch }: Change, ticket: PermissionTicket): Promise<AuthorizationPolicy> {
  const common = {
    serverId: server.id,
    logic: 'POSITIVE' as const,
    decisionStrategy: 'UNANIMOUS' as const,
    owner: ticket.owner,
    scopeIds: [],
  };
  const user: AuthorizationPolicy = {
    ...common,
    id: randomUUID(),
    name: randomUUID(),
    type: 'user',
    config: { users: JSON.stringify([ticket.requester]) },
    policyIds: [],
    resourceIds: [],
  };
  const permission: AuthorizationPolicy = {
    ...common,
    id: randomUUID(),
    name: randomUUID(),
    type: 'uma',
    config: {},
    policyIds: [user.id],
    resourceIds: [ticket.resourceId],
  };
  await stores.policies.insert(user);
  await stores.policies.insert(permission);
  touch(...policyTags(user), ...policyTags(permission));
  return permission;
}
