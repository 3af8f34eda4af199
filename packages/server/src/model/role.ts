/** A realm role (`clientId` absent) or a role of one client (`clientId` = the client's UUID). */
export interface Role {
  readonly id: string;
  readonly realmId: string;
  /** UUID of the client that owns the role. */
  readonly clientId?: string | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  readonly composite: boolean;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** A group of users; `path` is `/parent/child`. */
export interface Group {
  readonly id: string;
  readonly realmId: string;
  readonly parentId?: string | undefined;
  readonly name: string;
  readonly path: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}
