import type { ClientConfig } from 'pg';
import type { AnyCacheOptions, Cache, CacheOptions, CountedKind } from './cache-api.ts';
import type { DiscoveryOptions } from './discovery/discovery-options.ts';
import type { GridError, GridErrorCode } from './errors.ts';

export type * from './cache-api.ts';
export type { DiscoveryOptions } from './discovery/discovery-options.ts';

/**
 * The public face of the grid. A Node program starts one `Grid`, opens caches by name, and gets the same answers on every member.
 * Everything here is safe to call from any member; calls are bounded in time (10 s) and end in an answer or a `GridError` with a code.
 */

export interface Member {
  /** Database sequence number, as text; the smallest is the oldest. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly coordinator: boolean;
  readonly self: boolean;
  readonly site?: string | undefined;
  readonly rack?: string | undefined;
  readonly machine?: string | undefined;
}

export interface View {
  readonly epoch: number;
  readonly members: readonly Member[];
  /** STABLE, COPY or SWITCH. */
  readonly phase: 'STABLE' | 'COPY' | 'SWITCH';
}

export type GridEvents = {
  /** A view was installed: members, or the phase of a rebalance, have changed. */
  view: (view: View) => void;
  /** Entries begin to move (COPY), are about to be served elsewhere (SWITCH), or rest (STABLE). */
  rebalance: (phase: 'STABLE' | 'COPY' | 'SWITCH') => void;
  /** The member may not serve: lease lost, revoked, or the database too long away. */
  fenced: (reason: string) => void;
  /** It may serve again. */
  unfenced: () => void;
  /** Segments whose last copy is gone. */
  lost: (segments: readonly number[]) => void;
};

export interface PublishOptions {
  /** Longest wait for the others, 0 to 10,000; default 1,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Topic {
  /**
   * Sends to all other members and waits until each has run its handlers, at most `timeoutMs`. True if all did.
   * Messages of one sender arrive in order; a receiver that missed one is told by `onGap` and must clear what it derived.
   */
  publish(payload: unknown, options?: PublishOptions): Promise<boolean>;
  /** Handles the messages of others; they wait until it has ended. */
  subscribe(handler: (payload: unknown, sender: string) => void | Promise<void>): Disposable;
  /** A message of that sender was missed, or its handler failed. */
  onGap(handler: (sender: string) => void): Disposable;
}

/** What went from this member to one other; counts and sums since both are in one view. */
export interface PeerStatistics {
  readonly name: string;
  /** Operations that it answered, and the time from sending to the answer. */
  readonly requests: number;
  readonly requestTimeMs: number;
  /** Operations that it did not answer within 3 s and that were sent again. */
  readonly timedOut: number;
  /** Messages without an answer of their own: replication, acknowledgements, state transfer, broadcasts. */
  readonly otherMessages: number;
  readonly bytesSent: number;
  /** Nothing was heard of it lately. */
  readonly suspected: boolean;
}

/** One run of a scheduled task. */
export interface TaskRun {
  /** Of the task. */
  readonly name: string;
  /** Aborted when this member may not go on: it lost its lease, no longer coordinates, or stops. */
  readonly signal: AbortSignal;
  /**
   * Greater than that of every earlier run of the task in the cluster; fits a 64 bit column. A member that froze in the midst of a run may go
   * on for a moment when another has begun the next: let whatever the task changes outside of the grid refuse a token smaller than its last.
   */
  readonly fencingToken: bigint;
}

export interface RunOnAllOptions {
  /** Longest wait for the others, 0 to 10,000; default 5,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a task ended on one member: `error` is GRID_TASK_FAILED, GRID_UNKNOWN_TASK, GRID_TIMEOUT or GRID_OUTCOME_UNKNOWN, or undefined. */
export interface MemberOutcome<R> {
  readonly member: string;
  readonly value: R | undefined;
  readonly error: GridError | undefined;
}

/** A running member. */
export interface GridNode extends AsyncDisposable {
  /** `nodeName`, or what was made up for it. */
  readonly name: string;
  /** Who belongs to the cluster, as this member has installed it. */
  readonly view: View;
  /** Member of the current epoch, lease valid, initial transfer done. */
  readonly ready: boolean;
  /** It cannot prove its lease and answers nothing: every operation ends in GRID_FENCED until the event `unfenced`. */
  readonly fenced: boolean;
  /** The same cache for the same name. The first call gives the options; later ones need none, and may give none that say something else. */
  cache<K extends string, V>(name: string, options?: CacheOptions<V>): Cache<K, V>;
  /** The same topic for the same name, of 1 to 80 units without white space. */
  topic(name: string): Topic;
  /**
   * Runs `task` once in the cluster every `intervalMs` (1 to 31,536,000,000), on the coordinator and under its lease. Every member schedules it
   * alike; whoever runs it, the intervals count from the last start, and a run that died with its member begins anew at the next one.
   */
  schedule(name: string, intervalMs: number, task: (run: TaskRun) => Promise<void>): Disposable;
  /** Gives this member a task that any member may run on all of them. The answer must be what MessagePack can hold. */
  defineTask(name: string, task: (argument: unknown, caller: string) => unknown): Disposable;
  /** Runs a defined task once on every member of the view, this one included, and tells how it ended on each. */
  runOnAll<R = unknown>(name: string, argument?: unknown, options?: RunOnAllOptions): Promise<readonly MemberOutcome<R>[]>;
  /** Listens until the result is disposed of. A listener that throws is logged. */
  on<E extends keyof GridEvents>(event: E, listener: GridEvents[E]): Disposable;
  /** Health as Infinispan words it. */
  health(cacheName: string): 'HEALTHY' | 'HEALTHY_REBALANCING' | 'DEGRADED' | 'FAILED';
  /** Figures for metrics: name without prefix -> value (epoch, pending operations, queue bytes, lease remaining, …). */
  figures(): ReadonlyMap<string, number>;
  /** Traffic with each other member of the view. */
  peers(): readonly PeerStatistics[];
  /** Graceful leave: hands data over, bounded by `timeoutMs` (default 10,000). A second call leaves at once. */
  stop(timeoutMs?: number): Promise<void>;
}

/** One line of the grid's log. `code` is the id that operators search for (ISPN000094, JGRP000006, …), part of `message` too. */
export interface GridLogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly code?: string | undefined;
  readonly message: string;
}

/** Where the cluster's certificates live, shared by all members; server-config semantics. Values hold private keys: never log them. */
export interface CertificateStore {
  get(key: string): Promise<{ readonly value: string; readonly version: number } | undefined>;
  /** False where the key exists already. */
  insert(key: string, value: string): Promise<boolean>;
  /** False where the version moved on. */
  replace(key: string, value: string, version: number): Promise<boolean>;
  /** False where the version moved on or the key is gone. */
  remove(key: string, version: number): Promise<boolean>;
}

/** The operations that a hook sees; `scan` and `count` are what iterations and `size` are made of. */
export type OperationName =
  | 'get'
  | 'put'
  | 'putIfAbsent'
  | 'replace'
  | 'replaceIfVersion'
  | 'remove'
  | 'removeIfVersion'
  | 'getAndRemove'
  | 'touch'
  | 'update'
  | 'scan'
  | 'count';

/** An operation of this member's callers. It carries no key: keys may be secrets. */
export interface OperationStart {
  readonly cache: string;
  readonly operation: OperationName;
  readonly segment: number;
  /** Name of the member that will be asked first. */
  readonly primary: string | undefined;
}

export interface OperationEnd {
  /** Undefined = it succeeded. */
  readonly code: GridErrorCode | undefined;
  readonly tookMs: number;
}

/** Where metrics and traces come in, without a library of the grid's own choice. Hooks run in the caller's asynchronous context. */
export interface GridHooks {
  /** An operation begins. The function that it returns is called once with the end; undefined = this one is not followed. */
  readonly operation?: ((start: OperationStart) => ((end: OperationEnd) => void) | undefined) | undefined;
  /** A read, write or removal ended well, as the statistics count it. For histograms: it costs less than following operations. */
  readonly counted?: ((cache: string, kind: CountedKind, tookMs: number) => void) | undefined;
  /** Another member answered an operation that was sent to it `tookMs` ago. */
  readonly answered?: ((member: string, tookMs: number) => void) | undefined;
}

/** Key and certificates of one's own, PEM: nothing is made or rotated. Holds a private key: never log it. */
export interface OwnCertificates {
  readonly key: string;
  /** The certificate of the key, and those between it and its authority. */
  readonly certificate: string;
  /** Certificates and authorities that vouch for the other members. */
  readonly trusted: readonly string[];
}

/** All is optional: without any option `Grid.start()` gives a working single node. */
export interface GridOptions {
  /** Default: host name, `-`, random number. */
  readonly nodeName?: string | undefined;
  /** Members of other clusters are refused. Default `ISPN`. */
  readonly clusterName?: string | undefined;
  /**
   * Who decides membership. `memory` (default) is a single node that listens on nothing; `postgres` lets nodes on one database form a cluster;
   * `majority` needs none: the members decide among themselves. `addresses` lists where any of them may be dialled (`host:port`, this one included),
   * alike on all. The first start waits for all of them; later a part of the cluster goes on with more than half of the last view, or with half and
   * its coordinator. The others fence themselves, drop what they hold and come back.
   */
  readonly authority?:
    | { readonly kind: 'memory' }
    | { readonly kind: 'postgres'; readonly connection: ClientConfig }
    | { readonly kind: 'majority'; readonly addresses: readonly string[] }
    | undefined;
  /** Where to listen; default 127.0.0.1. */
  readonly bindAddress?: string | undefined;
  /** Default 7800; 0 takes any free port. */
  readonly bindPort?: number | undefined;
  /** How many further ports are tried, one after the other, where `bindPort` is taken; default 0. With all of them taken the start waits for one. */
  readonly bindPortRange?: number | undefined;
  /** `udp` carries the same frames over reliable streams of datagrams, encrypted too; needs the package `udx-native`. Default `tcp`. */
  readonly transport?: 'tcp' | 'udp' | undefined;
  /** Default: the database. */
  readonly discovery?: DiscoveryOptions | undefined;
  /** Name of the combination of both, for the log; default `jdbc-ping`. */
  readonly stackName?: string | undefined;
  /** What others dial, where it differs from the bound address (NAT, port mapping). */
  readonly externalAddress?: string | undefined;
  /** Likewise. */
  readonly externalPort?: number | undefined;
  /**
   * A port beside the bind port whose plain connections tell by closing that a process is gone, as JGroups' FD_SOCK2 has it: bind port + `portOffset`,
   * or one of the `portRange` (default 3) ports above. It carries nothing but the question who listens. Default `off`: the transport's own
   * connections tell, heartbeats and leases judge.
   */
  readonly failureDetection?: { readonly portOffset: number; readonly portRange?: number | undefined } | 'off' | undefined;
  /** Owners of a segment are spread over sites, then racks, then machines. */
  readonly labels?:
    | { readonly site?: string | undefined; readonly rack?: string | undefined; readonly machine?: string | undefined }
    | undefined;
  /**
   * Mutual TLS 1.3 with a certificate that the members share through the store, or with certificates of one's own; `off` (default) for trusted
   * networks and tests.
   * The coordinator replaces it every `rotationIntervalDays` (default 30, fractions allowed); it is valid twice as long.
   */
  readonly tls?:
    | { readonly store: CertificateStore; readonly rotationIntervalDays?: number | undefined }
    | OwnCertificates
    | 'off'
    | undefined;
  /** Caches to open before joining, so that their update functions are there when the first request comes. */
  readonly caches?: Readonly<Record<string, AnyCacheOptions>> | undefined;
  /** Version shown behind member names in log lines; default the grid's own. */
  readonly versionLabel?: string | undefined;
  /** Default: nothing is logged. */
  readonly log?: ((line: GridLogLine) => void) | undefined;
  /** Where metrics and traces come in. */
  readonly hooks?: GridHooks | undefined;
  /** Ends a start that still waits for a port, for discovery or for membership (GRID_ABORTED); later it does nothing. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Believe the operating system that the process of a member on this host is gone, instead of waiting for its lease to end. Default true, and
   * false where an external address or port is given: who dials through a mapping may meet another process than the one it looks at.
   */
  readonly fastDeath?: boolean | undefined;
  /** Longest wait for membership in `Grid.start`, default 60,000; Infinity waits for ever. It counts from when discovery let this node go on. */
  readonly startTimeoutMs?: number | undefined;
  /** Default of `stop(timeoutMs)`: 10,000. */
  readonly stopTimeoutMs?: number | undefined;
}
