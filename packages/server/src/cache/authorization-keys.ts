import type { AuthorizationPolicy, AuthorizationScope, PermissionTicket, ProtectedResource, ResourceServer } from '../model/index.ts';
import type { InvalidationKey } from './contracts.ts';

// What a change of authorization services has to touch; the tags of what authorization-directory.ts caches.

/** Everything of one resource server: its settings, imports, and whatever changes too much to name. */
export const resourceServerTag = (id: ResourceServer['id']): InvalidationKey => `authz:${id}`;
/** The scopes of a server, which are kept as one list. */
export const scopesTag = (serverId: string): InvalidationKey => `authz-scopes:${serverId}`;
/** Which resources there are, by owner, type and scope. */
export const resourceListsTag = (serverId: string): InvalidationKey => `authz-resources:${serverId}`;
export const resourceTag = (id: ProtectedResource['id']): InvalidationKey => `authz-resource:${id}`;
export const policyTag = (id: AuthorizationPolicy['id']): InvalidationKey => `authz-policy:${id}`;
/** Which policies hang on a resource, on a type of resources, on a scope alone. */
export const policiesOfResourceTag = (id: ProtectedResource['id']): InvalidationKey => `authz-policies-of-resource:${id}`;
export const policiesOfTypeTag = (serverId: string, type: string): InvalidationKey => `authz-policies-of-type:${serverId}/${type}`;
export const policiesOfScopeTag = (id: AuthorizationScope['id']): InvalidationKey => `authz-policies-of-scope:${id}`;
export const ticketsTag = ({ serverId, requester }: Pick<PermissionTicket, 'serverId' | 'requester'>): InvalidationKey =>
  `authz-tickets:${serverId}/${requester}`;

/** A resource that came, changed or went. */
export const resourceTags = ({ id, serverId }: Pick<ProtectedResource, 'id' | 'serverId'>): readonly InvalidationKey[] => [
  resourceTag(id),
  resourceListsTag(serverId),
];

/** A policy that came, changed or went, with everything that it hangs on. */
export const policyTags = ({ id, serverId, config, resourceIds, scopeIds }: AuthorizationPolicy): readonly InvalidationKey[] => {
  const type = config['defaultResourceType'];
  return [
    policyTag(id),
    ...resourceIds.map(policiesOfResourceTag),
    ...scopeIds.map(policiesOfScopeTag),
    ...(type === undefined ? [] : [policiesOfTypeTag(serverId, type)]),
  ];
};
