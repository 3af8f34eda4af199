import type { Lane, MemberId } from '../protocol/types.ts';
import type { Connection } from './connection.ts';
import type { PayloadKind, SendOutcome, TransportPeer, Write } from './transport.ts';

export interface LaneState {
  connection: Connection | undefined;
  /** Who opened it, and when both sides had agreed on it. */
  opener: MemberId;
  installedMs: number;
  dialing: Connection | 'connecting' | undefined;
  retryAtMs: number;
  backoffMs: number;
}

const firstBackoffMs = 100;
const maxBackoffMs = 2_000;
/** The member with the smaller id lets the other dial first, so that few pairs dial at the same time: the younger finds the older at once. */
const courtesyMs = 300;
/** Two connections that came about within this time were dialled at the same time. */
const raceMs = 2_000;

/** What this member has with one other: a connection of each lane, or the plan for the next attempt. */
export class PeerLink {
  readonly id: MemberId;
  readonly lanes: Readonly<Record<Lane, LaneState>>;
  /** Undefined: it dialed us, and membership has not named it yet. */
  peer: TransportPeer | undefined;
  incarnation: number;
  readonly sinceMs: number;
  /** Since when no dial has succeeded; undefined after one has. */
  failingSinceMs: number | undefined;
  bytesSent = 0;

  constructor(id: MemberId, incarnation: number, self: MemberId, nowMs: number) {
    this.id = id;
    this.incarnation = incarnation;
    this.sinceMs = nowMs;
    const firstMs = nowMs + (self < id ? courtesyMs : 0);
    const lane = (): LaneState => ({
      connection: undefined,
      opener: 0,
      installedMs: 0,
      dialing: undefined,
      retryAtMs: firstMs,
      backoffMs: firstBackoffMs,
    });
    this.lanes = { control: lane(), bulk: lane() };
  }

  isDue(lane: Lane, nowMs: number): boolean {
    const state = this.lanes[lane];
    return this.peer !== undefined && state.connection === undefined && state.dialing === undefined && nowMs >= state.retryAtMs;
  }

  failed(lane: Lane, nowMs: number): void {
    const state = this.lanes[lane];
    state.dialing = undefined;
    this.failingSinceMs ??= nowMs;
    state.retryAtMs = nowMs + state.backoffMs;
    state.backoffMs = Math.min(maxBackoffMs, state.backoffMs * 2);
  }

  /**
   * Takes a connection that both sides agreed on. Of two that were dialled at the same time by different sides the one of the smaller id stays;
   * else the later one, because its opener knows that the earlier is gone, even if this side was never told. False: the new one loses.
   */
  install(lane: Lane, connection: Connection, opener: MemberId, self: MemberId, nowMs: number): boolean {
    const state = this.lanes[lane];
    const old = state.connection;
    const raced = nowMs - state.installedMs < raceMs;
    if (old?.open && raced && state.opener !== opener && opener !== Math.min(self, this.id)) return false;
    state.connection = connection;
    state.opener = opener;
    state.installedMs = nowMs;
    state.backoffMs = firstBackoffMs;
    this.failingSinceMs = undefined;
    old?.end();
    return true;
  }

  /** The number of bytes that the connection took, or why it took none. */
  send<Message>(lane: Lane, kind: PayloadKind, write: Write<Message>, message: Message): number | Exclude<SendOutcome, 'sent'> {
    const { connection } = this.lanes[lane];
    if (connection === undefined || !connection.open) return 'unconnected';
    const bytes = connection.send(kind, write, message);
    this.bytesSent += bytes;
    return bytes === 0 ? 'overloaded' : bytes;
  }

  destroy(): void {
    for (const lane of [this.lanes.control, this.lanes.bulk]) {
      const { connection, dialing } = lane;
      lane.connection = undefined;
      lane.dialing = undefined;
      connection?.destroy();
      if (dialing !== 'connecting') dialing?.destroy();
    }
  }
}

/** Connections that stand, and the bytes that wait in them. */
export function connectionFigures(links: Iterable<PeerLink>): { readonly connections: number; readonly queueBytes: number } {
  let connections = 0;
  let queueBytes = 0;
  for (const link of links) {
    for (const { connection } of [link.lanes.control, link.lanes.bulk]) {
      if (connection === undefined) continue;
      connections += 1;
      queueBytes += connection.queuedBytes;
    }
  }
  return { connections, queueBytes };
}
