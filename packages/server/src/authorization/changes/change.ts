import type { Realm, ResourceServer } from '../../model/index.ts';
import type { AuthorizationStores } from '../../store/authorization-stores.ts';
import type { Names } from '../policies/policy-type.ts';

/** What a change of one resource server is made with: the stores of its transaction, and a word for the caches of all members. */
export interface Change {
  readonly realm: Realm;
  readonly server: ResourceServer;
  readonly stores: AuthorizationStores;
  readonly names: Names;
  touch(...keys: readonly string[]): void;
}
