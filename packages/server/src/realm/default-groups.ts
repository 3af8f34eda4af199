import type { Realm } from '../model/index.ts';

/** Paths of the groups that new users of the realm join. */
export function defaultGroupPaths(realm: Realm): readonly string[] {
  const paths: unknown = realm.other['defaultGroups'];
  return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [];
}
