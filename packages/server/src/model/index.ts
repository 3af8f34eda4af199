export type { Client } from './client.ts';
export type { ClientScope, ProtocolMapper } from './client-scope.ts';
export type { Realm, RealmKey, RoleReference } from './realm.ts';
export type { Group, Role } from './role.ts';
export type { AuthenticationTab, ClientSession, LoginFailure, RootAuthenticationSession, UserSession } from './session.ts';
export type { Credential, User, UserGrants } from './user.ts';
