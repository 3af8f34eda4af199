import type { GridHooks, PeerStatistics } from '../api.ts';
import type { Authority, AuthorityRequest, MemberRow } from '../authority/authority.ts';
import { DataSide } from '../data/data-side.ts';
import type { DataMessage, Request } from '../data/messages.ts';
import { noResult, status } from '../data/messages.ts';
import { readDataMessage, writeDataMessage } from '../data/wire-messages.ts';
import { Membership, tickMs } from '../membership/membership.ts';
import type { Timing } from '../membership/timing.ts';
import { readMembershipMessage, writeMembershipMessage } from '../membership/wire-messages.ts';
import type { MembershipEvent } from '../membership/world.ts';
import type { Address, Labels, Lane, MemberId } from '../protocol/types.ts';
import type { ByteReader } from '../protocol/wire.ts';
import type { PayloadKind, Transport } from '../transport/transport.ts';
import { frameKind } from '../transport/transport.ts';
import { GridClock } from './grid-clock.ts';
import { RecentMax } from './recent-max.ts';
import type { Time } from './time.ts';

export interface ShellOptions {
  readonly name: string;
  readonly labels: Labels;
  /** Opaque text by which a process on the same host can tell whether this one is gone; '' = it cannot. */
  readonly process: string;
  readonly authority: Authority;
  readonly transport: Transport;
  readonly time: Time;
  readonly timing?: Timing | undefined;
  readonly isProcessGone?: ((row: MemberRow) => boolean) | undefined;
  onMembership(event: MembershipEvent): void;
  onLost(segments: readonly number[]): void;
  onRefused(peer: MemberId, reason: string): void;
  /** Code of the embedding program has thrown inside the grid. */
  onFailed(where: string, error: unknown): void;
  readonly hooks?: GridHooks | undefined;
}

/** So late a tick may be before callers whose operations end at once are made to wait for it. */
const busyLoopMs = 20;
const loopDelayPeriodMs = 10_000;

/**
 * Ties the two cores of a member to the world: clock, timers, network and authority go in, their calls go out. It decides nothing itself.
 */
export class MemberShell {
  readonly data: DataSide;
  readonly #options: ShellOptions;
  readonly #clock: GridClock;
  readonly #pending = new Set<Promise<void>>();
  #membership: Membership | undefined;
  #ticker: Disposable | undefined;
  #dueMs = 0;
  #stopped = false;
  /** Lateness of ticks: the own loop stood still that long. */
  readonly #loopDelays: RecentMax;
  #authorityFailures = 0;
  #authorityError: string | undefined;
  #overloaded = 0;

  constructor(options: ShellOptions) {
    this.#options = options;
    const { time } = options;
    this.#clock = new GridClock(time.nowMs(), time.wallMs());
    this.#loopDelays = new RecentMax(loopDelayPeriodMs, time.nowMs());
    this.data = new DataSide({
      nowMs: () => time.nowMs(),
      ...(options.hooks?.answered && { answered: (member: MemberId, tookMs: number) => this.#answered(member, tookMs) }),
      memberName: (id) => this.#nameOf(id),
      send: (to, lane, message) => this.#sendData(to, lane, message),
      mayServe: (nowMs) => this.#membership?.mayServe(nowMs) ?? false,
      gridTimeMs: (nowMs) => this.#clock.now(nowMs),
      confirm: (epoch, nowMs) => this.#membership?.confirm(epoch, nowMs),
      lost: (segments) => options.onLost(segments),
      failed: (where, error) => options.onFailed(where, error),
      hooks: options.hooks,
      breathe: (nowMs, resume) => this.#breathe(nowMs, resume),
    });
  }

  #breathe(nowMs: number, resume: () => void): boolean {
    if (nowMs < this.#dueMs + busyLoopMs) return false;
    this.#options.time.after(0, resume);
    return true;
  }

  get membership(): Membership | undefined {
    return this.#membership;
  }

  /** Opens the listener; until `join` it turns everybody away. Caches that others may ask for should be open by now. */
  listen(): Promise<Address> {
    const { transport, time } = this.#options;
    return transport.listen({
      received: (from, kind, body) => this.#received(from, kind, body),
      batchEnded: () => this.data.core.flush(),
      connected: (peer, lane) => {
        this.data.core.connected(peer, time.nowMs());
        if (lane === 'control') this.#membership?.connected(peer, time.nowMs());
      },
      closed: (peer) => this.#membership?.connectionClosed(peer, time.nowMs()),
      refused: (peer, reason) => this.#options.onRefused(peer, reason),
    });
  }

  /** Begins to join, under the address that others dial. */
  join(address: Address): void {
    const { transport, time, name, labels, process } = this.#options;
    this.#membership = new Membership({
      registration: { name, address, labels, process },
      data: this.data.core,
      timing: this.#options.timing,
      isProcessGone: this.#options.isProcessGone,
      world: {
        send: (to, message) => void transport.send(to, 'control', frameKind.membership, writeMembershipMessage, message),
        request: (number, request) => this.#request(number, request),
        peers: (peers) => transport.peers(peers),
        notify: (event) => this.#notify(event),
      },
    });
    this.#dueMs = time.nowMs() + tickMs;
    this.#ticker = time.every(tickMs, () => this.#tick());
    this.#membership.start(time.nowMs());
  }

  /** Why this is no member yet, for the log. */
  get obstacle(): string {
    if (this.#authorityError !== undefined) return `the database does not answer (${this.#authorityError})`;
    if (this.#membership?.stage !== 'joining') return 'the database has not registered it';
    return 'it is registered, and the members that the database lists have not let it in: they must reach it, and it them, at the cluster port';
  }

  /** Ends timers, connections and all that callers wait for. Membership should have left before. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#ticker?.[Symbol.dispose]();
    const { time, transport, authority } = this.#options;
    this.#membership?.leaveNow(time.nowMs());
    this.data.core.stop(time.nowMs());
    // The request that removes the own row lets the others go on at once; it is worth a moment, not more.
    let limit: Disposable | undefined;
    await Promise.race([Promise.all(this.#pending), new Promise<void>((resolve) => (limit = time.after(1_500, resolve)))]);
    limit?.[Symbol.dispose]();
    await transport.close();
    await authority.close();
  }

  figures(): Record<string, number> {
    const nowMs = this.#options.time.nowMs();
    const leaseMs = (this.#membership?.leaseEndMs() ?? 0) - nowMs;
    return {
      epoch: this.#membership?.view?.epoch ?? 0,
      members: this.#membership?.view?.members.length ?? 0,
      leaseRemainingMs: Number.isFinite(leaseMs) ? Math.max(0, leaseMs) : 0,
      loopDelayMs: this.#loopDelays.read(nowMs),
      authorityRequests: this.#pending.size,
      authorityFailures: this.#authorityFailures,
      messagesOverloaded: this.#overloaded,
      ...this.data.core.figures(),
      ...this.#options.transport.figures(),
    };
  }

  /** Traffic with the other members of the view. */
  peers(): PeerStatistics[] {
    const { transport, time } = this.#options;
    const nowMs = time.nowMs();
    return [...this.data.core.node.traffic.entries()].map(([id, traffic]) => ({
      name: this.#nameOf(id) ?? String(id),
      ...traffic,
      bytesSent: transport.bytesSentTo(id),
      suspected: this.#membership?.suspects(id, nowMs) ?? false,
    }));
  }

  #answered(member: MemberId, tookMs: number): void {
    const name = this.#nameOf(member);
    if (name !== undefined) this.#options.hooks?.answered?.(name, tookMs);
  }

  #nameOf(id: MemberId): string | undefined {
    return this.#membership?.view?.members.find((member) => member.id === id)?.name;
  }

  #tick(): void {
    const { time } = this.#options;
    const nowMs = time.nowMs();
    this.#loopDelays.add(nowMs - this.#dueMs, nowMs);
    this.#dueMs = nowMs + tickMs;
    this.#membership?.tick(nowMs, time.wallMs());
    this.data.core.tick(nowMs);
  }

  #notify(event: MembershipEvent): void {
    const { authority, transport, name, labels } = this.#options;
    if (event.kind === 'joining') transport.identify({ ...event.identity, name, labels });
    else if (event.kind === 'lost') transport.identify(undefined);
    else if (event.kind === 'view') authority.installed?.(event.view);
    this.#options.onMembership(event);
  }

  #request(number: number, request: AuthorityRequest): void {
    const { authority, time } = this.#options;
    const sentAtMs = time.nowMs();
    const pending = authority.execute(request).then(
      (answer) => {
        const nowMs = time.nowMs();
        this.#authorityError = undefined;
        if (answer.clockMs !== undefined) this.#clock.sample(answer.clockMs, sentAtMs, nowMs);
        if (!this.#stopped) this.#membership?.answered(number, answer, nowMs);
      },
      (error: unknown) => {
        this.#authorityFailures += 1;
        this.#authorityError = error instanceof Error ? error.message : String(error);
        if (!this.#stopped) this.#membership?.failed(number, time.nowMs());
      },
    );
    this.#pending.add(pending);
    void pending.finally(() => this.#pending.delete(pending));
  }

  #received(from: MemberId, kind: PayloadKind, body: ByteReader): void {
    const nowMs = this.#options.time.nowMs();
    if (kind === frameKind.membership) {
      this.#membership?.received(from, readMembershipMessage(body), nowMs);
      return;
    }
    const message = readDataMessage(body);
    body.end();
    this.data.core.receive(from, message, nowMs);
  }

  #sendData(to: MemberId, lane: Lane, message: DataMessage): void {
    const { transport } = this.#options;
    const outcome = transport.send(to, lane, frameKind.data, writeDataMessage, message);
    if (outcome === 'sent') {
      if (message.kind !== 'request') this.data.core.node.traffic.sent(to);
      return;
    }
    if (outcome === 'overloaded') this.#overloaded += 1;
    if (message.kind === 'request') this.#notSent(to, message, outcome);
  }

  #notSent(to: MemberId, message: Request, outcome: 'overloaded' | 'unconnected'): void {
    const { time } = this.#options;
    // Nothing has left, so the operation may be routed anew at once instead of waiting for an answer that cannot come.
    const code = outcome === 'overloaded' ? status.overloaded : status.moved;
    const { epoch, counter, attempt } = message;
    queueMicrotask(() => {
      if (!this.#stopped)
        this.data.core.receive(to, { kind: 'reply', epoch, counter, attempt, status: code, result: noResult }, time.nowMs());
    });
  }
}
