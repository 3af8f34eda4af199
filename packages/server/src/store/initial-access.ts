/** An initial access token as an administrator gave it out: with it so many clients may be registered. */
export interface InitialAccess {
  /** `jti` of the token. */
  readonly id: string;
  readonly realmId: string;
  /** Epoch seconds. */
  readonly timestamp: number;
  /** Seconds that the token lives; 0: it has no end. */
  readonly expiration: number;
  readonly count: number;
  readonly remainingCount: number;
  /** Origins of pages that may use it; undefined: nothing was said. */
  readonly webOrigins: readonly string[] | undefined;
}

export interface InitialAccessStore {
  insert(access: InitialAccess): Promise<void>;
  byId(realmId: string, id: string): Promise<InitialAccess | undefined>;
  /** Oldest first. */
  ofRealm(realmId: string): Promise<InitialAccess[]>;
  /** Takes one of what remains: of any number of racing callers on all nodes no more than `count` get true. */
  use(realmId: string, id: string, nowSeconds: number): Promise<boolean>;
  /** False if it was not there. */
  remove(realmId: string, id: string): Promise<boolean>;
  /** Removes some of those that are over or used up; gives the number. */
  removeSpent(nowSeconds: number): Promise<number>;
}
