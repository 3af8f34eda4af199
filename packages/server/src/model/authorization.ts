/** How the answers of several policies become one: all must agree, one is enough, or more for than against. */
export const decisionStrategies = ['UNANIMOUS', 'AFFIRMATIVE', 'CONSENSUS'] as const;
export type DecisionStrategy = (typeof decisionStrategies)[number];

/** What becomes of a request that no permission speaks of: refused, granted, or everything is granted without asking. */
export const enforcementModes = ['ENFORCING', 'PERMISSIVE', 'DISABLED'] as const;
export type EnforcementMode = (typeof enforcementModes)[number];

/** Whether a policy's answer counts as it is or turned round. */
export const policyLogics = ['POSITIVE', 'NEGATIVE'] as const;
export type PolicyLogic = (typeof policyLogics)[number];

/** A client whose resources this server decides about; its id is the UUID of the client. */
export interface ResourceServer {
  readonly id: string;
  readonly realmId: string;
  /** Whether the protection API may make and remove resources. */
  readonly allowRemoteResourceManagement: boolean;
  readonly policyEnforcementMode: EnforcementMode;
  readonly decisionStrategy: DecisionStrategy;
}

/** Something that can be done to a resource. */
export interface AuthorizationScope {
  readonly id: string;
  readonly serverId: string;
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly iconUri?: string | undefined;
}

/** Something that is protected. */
export interface ProtectedResource {
  readonly id: string;
  readonly serverId: string;
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly type?: string | undefined;
  readonly iconUri?: string | undefined;
  readonly uris: readonly string[];
  /** The resource server itself, or the id of a user. */
  readonly owner: string;
  /** Whether the owner may share it (UMA). */
  readonly ownerManagedAccess: boolean;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly scopeIds: readonly string[];
  /** The permissions that name it; they say so, the resource only knows. */
  readonly policyIds: readonly string[];
}

/** Types that join resources and scopes with the policies that decide about them. */
export const permissionTypes = ['resource', 'scope', 'uma'] as const;

/** A policy, or a permission: what a permission is its type tells. */
export interface AuthorizationPolicy {
  readonly id: string;
  readonly serverId: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly type: string;
  readonly logic: PolicyLogic;
  readonly decisionStrategy: DecisionStrategy;
  /** The user who shares a resource by it; undefined for what administrators made. */
  readonly owner?: string | undefined;
  /** What its type needs: names and forms of Keycloak (lists and objects as JSON texts). */
  readonly config: Readonly<Record<string, string>>;
  /** Policies that it asks. */
  readonly policyIds: readonly string[];
  readonly resourceIds: readonly string[];
  readonly scopeIds: readonly string[];
}

/** A wish of a user for a resource of another, granted or not. */
export interface PermissionTicket {
  readonly id: string;
  readonly serverId: string;
  readonly resourceId: string;
  readonly scopeId?: string | undefined;
  readonly owner: string;
  readonly requester: string;
  /** Epoch milliseconds. */
  readonly createdMs: number;
  /** Undefined: not granted. */
  readonly grantedMs?: number | undefined;
  /** The permission that grants it. */
  readonly policyId?: string | undefined;
}
