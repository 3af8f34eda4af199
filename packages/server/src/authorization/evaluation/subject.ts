/** Who wants something, and in what circumstances: everything that policies may ask, collected beforehand. */
export interface Subject {
  /** The id of the user; of a client that acts for itself, the UUID of the client. */
  readonly id: string;
  /** Realm roles that the token names. */
  readonly realmRoles: ReadonlySet<string>;
  /** clientId -> client roles that the token names. */
  readonly clientRoles: ReadonlyMap<string, ReadonlySet<string>>;
  /** Ids of all roles that the user has now, whatever the token says. */
  readonly roleIds: ReadonlySet<string>;
  /** Paths of the groups that the user is in. */
  readonly groupPaths: readonly string[];
  /** Claims of the token; objects as JSON texts. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  /** Circumstances (`kc.time.date_time`, `kc.client.id`, …) and what the client pushed. */
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** What the ids in policies stand for, looked up beforehand; undefined = it is gone. */
export interface Facts {
  role(id: string): { readonly name: string; readonly clientId: string | undefined } | undefined;
  group(id: string): { readonly name: string; readonly path: string } | undefined;
  /** clientId of a client. */
  client(id: string): string | undefined;
  /** Name of a client scope. */
  clientScope(id: string): string | undefined;
  /** Name of a user. */
  user(id: string): string | undefined;
}

/** Ids that a policy needs facts about. */
export interface References {
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly clients?: readonly string[];
  readonly clientScopes?: readonly string[];
  readonly users?: readonly string[];
}
