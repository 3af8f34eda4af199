import type { Client, ClientScope, Group, Realm, Role, User } from '../model/index.ts';
import type { InvalidationKey } from './contracts.ts';

// What a change has to touch. The same texts are the tags of what the directory caches; see directory.ts.

/** Everything that belongs to the realm: for its removal and for imports. */
export const wholeRealm = (realmId: string): InvalidationKey => `realm-all:${realmId}`;
export const realmTags = (realm: Pick<Realm, 'id' | 'realm'>): readonly InvalidationKey[] => [
  `realm:${realm.id}`,
  `realm-name:${realm.realm}`,
];
export const realmKeysTag = (realmId: string): InvalidationKey => `realm-keys:${realmId}`;
export const clientTags = (client: Pick<Client, 'id' | 'realmId' | 'clientId'>): readonly InvalidationKey[] => [
  `client:${client.id}`,
  `client-id:${client.realmId}/${client.clientId}`,
];
export const clientScopesTag = (realmId: string): InvalidationKey => `client-scopes:${realmId}`;
/** Role ids that a client or a client scope opens. */
export const scopeMappingsTag = (id: Client['id'] | ClientScope['id']): InvalidationKey => `scope-mappings:${id}`;
export const roleTags = (role: Pick<Role, 'id' | 'realmId' | 'clientId' | 'name'>): readonly InvalidationKey[] => [
  `role:${role.id}`,
  `role-name:${role.realmId}/${role.clientId ?? ''}/${role.name}`,
];
export const compositesTag = (roleId: string): InvalidationKey => `composites:${roleId}`;
/** Which roles bring this one along; to be touched where a composite gains or loses it. */
export const holdersTag = (roleId: string): InvalidationKey => `holders:${roleId}`;
export const groupTag = (groupId: Group['id']): InvalidationKey => `group:${groupId}`;
export const groupRolesTag = (groupId: Group['id']): InvalidationKey => `group-roles:${groupId}`;
export const userTags = (user: Pick<User, 'id' | 'realmId' | 'username' | 'email'>): readonly InvalidationKey[] => [
  `user:${user.id}`,
  `username:${user.realmId}/${user.username}`,
  ...(user.email === undefined ? [] : [`email:${user.realmId}/${user.email}`]),
];
/** Roles and groups of a user. */
export const grantsTag = (userId: User['id']): InvalidationKey => `grants:${userId}`;

/** Clears a whole cache on all members; sent through the same channel. */
export const clearKey = (kind: 'realms' | 'users' | 'keys' | 'crl'): InvalidationKey => `clear:${kind}`;
