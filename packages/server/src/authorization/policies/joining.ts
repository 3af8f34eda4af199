import type { PolicyType } from './policy-type.ts';

// Kinds that only join others: what they join stands in the links of the policy, not in its config.

/** Asks other policies and joins their answers by its decision strategy. */
export const aggregatePolicy: PolicyType = {
  type: 'aggregate',
  name: 'Aggregated',
  group: 'Others',
  fields: {},
  read: async () => ({}),
  show: () => ({}),
};

/** Permission for resources, or for all resources of a type. */
export const resourcePermission: PolicyType = {
  type: 'resource',
  name: 'Resource-Based',
  group: 'Permission',
  fields: { resourceType: 'text' },
  read: async ({ resourceType }) => (typeof resourceType === 'string' ? { defaultResourceType: resourceType } : {}),
  show: ({ defaultResourceType }) => (defaultResourceType === undefined ? {} : { resourceType: defaultResourceType }),
};

/** Permission for scopes, of some resources or of all that have them. */
export const scopePermission: PolicyType = {
  type: 'scope',
  name: 'Scope-Based',
  group: 'Permission',
  fields: { resourceType: 'text' },
  read: resourcePermission.read,
  show: resourcePermission.show,
};

/** Permission that the owner of a resource gives (UMA). */
export const umaPermission: PolicyType = {
  type: 'uma',
  name: 'UMA',
  group: 'Others',
  fields: { roles: 'list', groups: 'list', clients: 'list', users: 'list', condition: 'text' },
  read: async () => ({}),
  show: () => ({}),
};
