import type { AuthorizationStores } from '../../store/authorization-stores.ts';

/** What has a name of its own. */
interface Named {
  readonly id: string;
  readonly name: string;
}

/** Objects of one kind by id and by name. */
class Book<T extends Named> {
  readonly #nameOf: (one: T) => string;
  readonly #byId: Map<string, T>;
  readonly #byName: Map<string, T>;

  constructor(all: readonly T[], nameOf: (one: T) => string = ({ name }) => name) {
    this.#nameOf = nameOf;
    this.#byId = new Map(all.map((one) => [one.id, one]));
    this.#byName = new Map(all.map((one) => [nameOf(one), one]));
  }

  byId(id: string): T | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): T | undefined {
    return this.#byName.get(name);
  }

  put(one: T): void {
    const before = this.#byId.get(one.id);
    if (before !== undefined) this.#byName.delete(this.#nameOf(before));
    this.#byId.set(one.id, one);
    this.#byName.set(this.#nameOf(one), one);
  }
}

/**
 * The stores of one transaction with what is there read once: an import asks for the same scopes, resources and policies thousands of times,
 * and nobody else can change them before it ends with a conflict. Only for what an import does: it removes nothing.
 */
export async function withKnownObjects(stores: AuthorizationStores, serverId: string): Promise<AuthorizationStores> {
  const scopes = new Book(await stores.scopes.list(serverId));
  const resources = new Book(await stores.resources.list(serverId), ({ owner, name }) => JSON.stringify([owner, name]));
  const policies = new Book(await stores.policies.list(serverId));
  const storing =
    <T extends Named>(book: Book<T>, store: (one: T) => Promise<void>) =>
    async (one: T): Promise<void> => {
      await store(one);
      book.put(one);
    };
  return {
    ...stores,
    scopes: {
      ...stores.scopes,
      byId: async (_server, id) => scopes.byId(id),
      byName: async (_server, name) => scopes.byName(name),
      insert: storing(scopes, stores.scopes.insert),
      update: storing(scopes, stores.scopes.update),
    },
    resources: {
      ...stores.resources,
      byIds: async (_server, ids) => ids.flatMap((id) => resources.byId(id) ?? []),
      byName: async (_server, owner, name) => resources.byName(JSON.stringify([owner, name])),
      insert: storing(resources, stores.resources.insert),
      update: storing(resources, stores.resources.update),
    },
    policies: {
      ...stores.policies,
      byIds: async (_server, ids) => ids.flatMap((id) => policies.byId(id) ?? []),
      byName: async (_server, name) => policies.byName(name),
      insert: storing(policies, stores.policies.insert),
      update: storing(policies, stores.policies.update),
    },
  };
}
