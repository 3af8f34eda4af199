export type {
  AuthenticationExecution,
  AuthenticationFlow,
  AuthenticatorConfig,
  RealmAuthentication,
  RequiredActionSetting,
  Requirement,
} from './authentication.ts';
export type {
  AuthorizationPolicy,
  AuthorizationScope,
  DecisionStrategy,
  EnforcementMode,
  PermissionTicket,
  PolicyLogic,
  ProtectedResource,
  ResourceServer,
} from './authorization.ts';
export type { Client } from './client.ts';
export type { ClientScope, ProtocolMapper } from './client-scope.ts';
export type { FederatedIdentity, IdentityProvider, IdentityProviderMapper } from './identity-provider.ts';
export type { Realm, RealmKey, RoleReference } from './realm.ts';
export type { Group, Role } from './role.ts';
export type { AuthenticationTab, ClientSession, LoginFailure, PendingTry, RootAuthenticationSession, UserSession } from './session.ts';
export type { Credential, User, UserGrants } from './user.ts';
