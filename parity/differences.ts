/** A way in which this server shows something else than the original, on purpose. Members that are left out match everything. */
export interface Difference {
  /** `family | walk`. */
  readonly walk?: string;
  readonly step?: string;
  readonly entry: string | RegExp;
  /** The original's value; `undefined` matches any. */
  readonly original?: string;
  /** This server's value; `absent` where it shows nothing. */
  readonly here?: string;
  /** What differs, for the page of differences. */
  readonly what: string;
  readonly reason: string;
}

/** Every deliberate difference of the walks; docs/differences.md is made from this table. */
export const walkDifferences: readonly Difference[] = [];
