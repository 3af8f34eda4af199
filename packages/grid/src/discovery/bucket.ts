/** One object of a listing. */
export interface BucketEntry {
  readonly key: string;
  /** By the store's own clock, milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** The little that discovery needs of an object store. All reject with a GridError GRID_DISCOVERY_FAILED that says what is wrong. */
export interface Bucket {
  /** For log lines; no secret. */
  readonly name: string;
  put(key: string, text: string, signal: AbortSignal): Promise<void>;
  /** At most `limit` objects whose keys begin with `prefix`. */
  list(prefix: string, limit: number, signal: AbortSignal): Promise<readonly BucketEntry[]>;
  remove(key: string, signal: AbortSignal): Promise<void>;
  close(): void;
}
