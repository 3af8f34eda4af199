import type { Sql } from '../database/sql.ts';
import { createAuthorizationPolicyStore } from './authorization-policy-store.ts';
import { createAuthorizationScopeStore } from './authorization-scope-store.ts';
import type { AuthorizationStores } from './authorization-stores.ts';
import { createPermissionTicketStore } from './permission-ticket-store.ts';
import { createProtectedResourceStore } from './protected-resource-store.ts';
import { createResourceServerStore } from './resource-server-store.ts';

/** The repositories of authorization services over one connection. */
export function createAuthorizationStores(sql: Sql): AuthorizationStores {
  return {
    servers: createResourceServerStore(sql),
    scopes: createAuthorizationScopeStore(sql),
    resources: createProtectedResourceStore(sql),
    policies: createAuthorizationPolicyStore(sql),
    tickets: createPermissionTicketStore(sql),
  };
}
