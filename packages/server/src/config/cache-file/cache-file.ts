import type { Place, StackProtocol } from '../stack/protocol.ts';

/** A cache of the file; what the file does not say is undefined. */
export interface FileCache {
  readonly name: string;
  readonly mode: 'local' | 'invalidation' | 'replicated' | 'distributed';
  readonly owners?: number | undefined;
  /** -1 = for ever. */
  readonly lifespanMs?: number | undefined;
  /** -1 = for ever. */
  readonly maxIdleMs?: number | undefined;
  /** -1 = no bound. */
  readonly maxCount?: number | undefined;
  readonly stateTransfer?: boolean | undefined;
  readonly place: Place;
  /** Where the bound is written. */
  readonly boundPlace?: Place | undefined;
}

export interface FileTransport {
  readonly stack?: string | undefined;
  readonly cluster?: string | undefined;
  readonly nodeName?: string | undefined;
  readonly site?: string | undefined;
  readonly rack?: string | undefined;
  readonly machine?: string | undefined;
}

/** A stack of the file; `extends` is resolved by whoever knows the stacks of the server. */
export interface FileStack {
  readonly name: string;
  readonly extends?: string | undefined;
  readonly protocols: readonly StackProtocol[];
  readonly place: Place;
}

/** conf/cache-ispn.xml, read and judged by itself. */
export interface CacheFile {
  /** For messages. */
  readonly name: string;
  readonly transport: FileTransport;
  readonly stacks: ReadonlyMap<string, FileStack>;
  readonly caches: ReadonlyMap<string, FileCache>;
  /** What has no effect, a line each. */
  readonly notes: readonly string[];
}

export const emptyCacheFile: CacheFile = { name: '', transport: {}, stacks: new Map(), caches: new Map(), notes: [] };
