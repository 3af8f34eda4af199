import type { UserSessions } from '../cache/contracts.ts';

/** Online sessions of one kind, offline sessions of another: with volatile sessions the offline ones still stand in the database. */
export function splitUserSessions(online: UserSessions, offline: UserSessions): UserSessions {
  const of = (isOffline: boolean) => (isOffline ? offline : online);
  return {
    create: (realm, session, client) => of(session.offline).create(realm, session, client),
    get: (realm, id, isOffline) => of(isOffline).get(realm, id, isOffline),
    pair: (realm, id, client, isOffline) => of(isOffline).pair(realm, id, client, isOffline),
    clientsOf: (realm, id, isOffline) => of(isOffline).clientsOf(realm, id, isOffline),
    attach: (realm, id, client, touchedAt, before) => of(client.offline).attach(realm, id, client, touchedAt, before),
    touch: (realm, id, client, isOffline, touchedAt, change) => of(isOffline).touch(realm, id, client, isOffline, touchedAt, change),
    update: (realm, id, isOffline, change) => of(isOffline).update(realm, id, isOffline, change),
    removeClient: (realm, id, clientUuid, isOffline) => of(isOffline).removeClient(realm, id, clientUuid, isOffline),
    remove: (realm, id, isOffline) => of(isOffline).remove(realm, id, isOffline),
    ofUser: (realm, userId, isOffline) => of(isOffline).ofUser(realm, userId, isOffline),
    ofClient: (realm, clientUuid, isOffline, page) => of(isOffline).ofClient(realm, clientUuid, isOffline, page),
    countByClient: (realm, isOffline) => of(isOffline).countByClient(realm, isOffline),
    clientsInUse: (realm, isOffline) => of(isOffline).clientsInUse(realm, isOffline),
    async removeOfUser(realm, userId) {
      return [...(await online.removeOfUser(realm, userId)), ...(await offline.removeOfUser(realm, userId))];
    },
    async removeOfRealm(realm) {
      await online.removeOfRealm(realm);
      await offline.removeOfRealm(realm);
    },
  };
}
