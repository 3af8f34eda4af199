import type { Walk } from '../walk.ts';
import { AdminWalk } from './admin-walk.ts';

/** A walk through the published client in a realm that is made for it. */
export function adminWalk(realm: string, more: Readonly<Record<string, unknown>>, work: (walk: AdminWalk) => Promise<void>): Walk {
  return {
    realm,
    async run(talk) {
      const walk = new AdminWalk(talk, realm);
      await walk.inOwnRealm(more, () => work(walk));
    },
  };
}
