import type { Realm } from '../../model/index.ts';
import type { Fields } from '../../realm/fields.ts';
import type { Stores } from '../../store/stores.ts';

/** What happens to an object whose name is taken. */
export const importPolicies = ['FAIL', 'SKIP', 'OVERWRITE'] as const;
export type ImportPolicy = (typeof importPolicies)[number];

/** The transaction that a partial import is made in. */
export interface ImportWork {
  readonly stores: Stores;
  readonly realm: Realm;
  readonly nowMs: number;
  readonly touch: (...keys: string[]) => void;
}

/** An object of the body that one kind brings in. */
export interface ImportItem {
  readonly name: string;
  /** In the answer, where that is not the name. */
  readonly label?: string;
  readonly fields: Fields;
}

/** Objects of one kind: users, clients, roles… */
export interface ImportKind<Item extends ImportItem = ImportItem> {
  readonly resourceType: string;
  readonly items: readonly Item[];
  /** What is answered under FAIL where the object is there; undefined where it is not. */
  taken(work: ImportWork, item: Item): Promise<string | undefined>;
  /** Id of the object that is there. */
  idOf(work: ImportWork, item: Item): Promise<string | undefined>;
  remove(work: ImportWork, item: Item): Promise<void>;
  /** Gives the id. */
  create(work: ImportWork, item: Item): Promise<string>;
  /** After all kinds: what refers to objects of the same body. */
  finish?(work: ImportWork, item: Item): Promise<void>;
}

/** One line of the answer. */
export interface ImportResult {
  readonly action: 'ADDED' | 'SKIPPED' | 'OVERWRITTEN';
  readonly resourceType: string;
  readonly resourceName: string;
  readonly id: string;
}
