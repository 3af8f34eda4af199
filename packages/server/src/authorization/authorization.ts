import { type AuthorizationDirectory, createAuthorizationDirectory } from '../cache/authorization-directory.ts';
import type { State } from '../cache/contracts.ts';
import type { LocalCache } from '../cache/local-cache.ts';
import type { AuthorizationPolicy, Realm, ResourceServer } from '../model/index.ts';
import type { Storage, Stores } from '../store/stores.ts';
import type { Change } from './changes/change.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import type { Wish } from './evaluation/decide.ts';
import type { Facts, Subject } from './evaluation/subject.ts';
import { loadFacts } from './facts.ts';
import { storeNames } from './names.ts';

/** Authorization services: what is protected, who may do what, and why. */
export interface Authorization {
  /** What the cache `authorization` holds. */
  readonly directory: AuthorizationDirectory;
  evaluate(realm: Realm, server: ResourceServer, subject: Subject, wishes: readonly Wish[]): Promise<Evaluated>;
  /** What the ids in policies stand for. */
  factsFor(realm: Realm, policies: readonly AuthorizationPolicy[]): Promise<Facts>;
  /** Runs a change of one resource server; every member hears of it before it is answered. `work` may await only the stores it is given. */
  change<T>(realm: Realm, server: ResourceServer, work: (change: Change, stores: Stores) => Promise<T>): Promise<T>;
}

export interface AuthorizationParts {
  readonly state: Pick<State, 'directory' | 'changes'>;
  readonly storage: Pick<Storage, 'stores'>;
  /** The cache `authorization` of this node. */
  readonly cache: LocalCache;
}

export function createAuthorization({ state, storage, cache }: AuthorizationParts): Authorization {
  const authorization = createAuthorizationDirectory(storage.stores.authorization, cache);
  const { directory, changes } = state;
  return {
    directory: authorization,
    evaluate: (realm, server, subject, wishes) => evaluate({ directory, authorization }, realm, server, subject, wishes),
    factsFor: (realm, policies) => loadFacts(directory, realm, policies),
    change: (realm, server, work) =>
      changes.write((stores, touch) => {
        const names = storeNames(stores, realm);
        return work({ realm, server, stores: stores.authorization, names, touch }, stores);
      }),
  };
}
