import type { AuthorizationPolicy, AuthorizationScope, PermissionTicket, ProtectedResource, ResourceServer } from '../model/index.ts';
import type { Page } from './stores.ts';

/** The repositories of authorization services. Everything is asked within one resource server, so that no id of another reaches in. */
export interface AuthorizationStores {
  readonly servers: ResourceServerStore;
  readonly scopes: AuthorizationScopeStore;
  readonly resources: ProtectedResourceStore;
  readonly policies: AuthorizationPolicyStore;
  readonly tickets: PermissionTicketStore;
}

export interface ResourceServerStore {
  byId(id: string): Promise<ResourceServer | undefined>;
  /** Makes it, or replaces its settings. */
  put(server: ResourceServer): Promise<void>;
  /** Removes it with everything in it. */
  remove(id: string): Promise<boolean>;
}

export interface ScopeQuery extends Page {
  readonly id?: string | undefined;
  /** A part of the name, ignoring case. */
  readonly name?: string | undefined;
}

export interface AuthorizationScopeStore {
  /** Ordered by name. */
  list(serverId: string, query?: ScopeQuery): Promise<AuthorizationScope[]>;
  byId(serverId: string, id: string): Promise<AuthorizationScope | undefined>;
  byName(serverId: string, name: string): Promise<AuthorizationScope | undefined>;
  insert(scope: AuthorizationScope): Promise<void>;
  update(scope: AuthorizationScope): Promise<void>;
  remove(serverId: string, id: string): Promise<boolean>;
}

export interface ResourceQuery extends Page {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** Whether the name is the whole name; else a part of it, ignoring case. */
  readonly exactName?: boolean | undefined;
  readonly uri?: string | undefined;
  readonly owner?: string | undefined;
  readonly type?: string | undefined;
  readonly scopeIds?: readonly string[] | undefined;
}

/** How many of what there is: bounds of one resource server are kept by it. */
export interface ProtectedResourceStore {
  byIds(serverId: string, ids: readonly string[]): Promise<ProtectedResource[]>;
  byName(serverId: string, owner: string, name: string): Promise<ProtectedResource | undefined>;
  /** Ordered by name. */
  list(serverId: string, query?: ResourceQuery): Promise<ProtectedResource[]>;
  /** Ids only, ordered by name. */
  ids(serverId: string, query: ResourceQuery): Promise<string[]>;
  /** Id and URIs of every resource that has some. */
  uris(serverId: string): Promise<{ readonly id: string; readonly uris: readonly string[] }[]>;
  insert(resource: ProtectedResource): Promise<void>;
  /** The owner stays as it is. */
  update(resource: ProtectedResource): Promise<void>;
  remove(serverId: string, id: string): Promise<boolean>;
}

export interface PolicyQuery extends Page {
  readonly ids?: readonly string[] | undefined;
  /** A part of the name, ignoring case. */
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  /** True: only permissions; false: only policies. */
  readonly permission?: boolean | undefined;
  readonly resourceType?: string | undefined;
  /** The user who shares; null: what nobody shares. */
  readonly owner?: string | null | undefined;
  readonly resourceIds?: readonly string[] | undefined;
  readonly scopeIds?: readonly string[] | undefined;
}

/** Which policies hang on something, one row each. */
export interface PolicyLink {
  /** A resource, a type of resources or a scope, as asked for. */
  readonly of: string;
  readonly policyId: string;
}

export interface AuthorizationPolicyStore {
  byIds(serverId: string, ids: readonly string[]): Promise<AuthorizationPolicy[]>;
  byName(serverId: string, name: string): Promise<AuthorizationPolicy | undefined>;
  /** Ordered by name. */
  list(serverId: string, query?: PolicyQuery): Promise<AuthorizationPolicy[]>;
  ofResources(serverId: string, resourceIds: readonly string[]): Promise<PolicyLink[]>;
  ofTypes(serverId: string, types: readonly string[]): Promise<PolicyLink[]>;
  /** Those that name the scope and no resource: they count for every resource. */
  ofScopes(serverId: string, scopeIds: readonly string[]): Promise<PolicyLink[]>;
  /** Those that ask the policy. */
  dependents(serverId: string, id: string): Promise<AuthorizationPolicy[]>;
  insert(policy: AuthorizationPolicy): Promise<void>;
  update(policy: AuthorizationPolicy): Promise<void>;
  remove(serverId: string, id: string): Promise<boolean>;
}

export interface TicketQuery extends Page {
  readonly id?: string | undefined;
  readonly resourceId?: string | undefined;
  /** Null: of the whole resource. */
  readonly scopeId?: string | null | undefined;
  readonly owner?: string | undefined;
  readonly requester?: string | undefined;
  readonly granted?: boolean | undefined;
}

export interface PermissionTicketStore {
  /** Ordered by the time they were made. */
  list(serverId: string, query?: TicketQuery): Promise<PermissionTicket[]>;
  count(serverId: string, query: TicketQuery): Promise<number>;
  /** False where there is one of that resource, scope and requester. */
  insert(ticket: PermissionTicket): Promise<boolean>;
  update(ticket: PermissionTicket): Promise<void>;
  remove(serverId: string, id: string): Promise<boolean>;
}
