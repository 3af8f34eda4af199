/** An entry with the version that guards its next change. */
export interface StoredEntry {
  readonly value: string;
  readonly version: string;
}

/** A message to the nodes that listen on a channel. */
export interface WorkMessage {
  readonly channel: string;
  readonly payload: string;
}

/**
 * A connection to one server of an external engine, with the caches checked and the listener set. Each method is one atomic step of the server;
 * it rejects with `UnansweredError` where it is not known whether the step was taken.
 */
export interface RemoteConnection {
  /** Settles once, with the reason, when the connection is of no use any more. */
  readonly closed: Promise<Error>;
  get(cache: string, key: string): Promise<StoredEntry | undefined>;
  put(cache: string, key: string, value: string, lifespanMs: number): Promise<void>;
  /** False where an entry stands. */
  putIfAbsent(cache: string, key: string, value: string, lifespanMs: number): Promise<boolean>;
  /** False where the version moved on or the entry is gone. */
  replace(cache: string, key: string, value: string, version: string, lifespanMs: number): Promise<boolean>;
  /** False where the version moved on or the entry is gone. */
  removeIf(cache: string, key: string, version: string): Promise<boolean>;
  /** False where there was none. */
  remove(cache: string, key: string): Promise<boolean>;
  /** All living entries, in no order; one that comes or goes meanwhile may be missed, and one may come twice. */
  entries(cache: string): AsyncIterable<readonly [key: string, value: string]>;
  publish(messages: readonly WorkMessage[]): Promise<void>;
  ping(): Promise<void>;
  close(): void;
}

/** Where a server of the engine listens. */
export interface RemoteAddress {
  readonly host: string;
  readonly port: number;
}

/** One kind of external engine. */
export interface RemoteEngine {
  /** For people. */
  readonly name: string;
  readonly defaultPort: number;
  /**
   * Connects to a server, makes sure of the caches and listens to the channel.
   * @throws RemoteRefusalError where trying again cannot help; anything else is tried again, on the next address.
   */
  open(address: RemoteAddress, onMessage: (message: WorkMessage) => void): Promise<RemoteConnection>;
}

/** The answer did not come. Whether the server did what it was asked is not known. */
export class UnansweredError extends Error {
  override name = 'UnansweredError';
}

/** The server will not work with this node however often it is asked: credentials, certificates, caches. One line, with the way out. */
export class RemoteRefusalError extends Error {
  override name = 'RemoteRefusalError';
}
