import type { Address, Labels, Lane, MemberId } from '../protocol/types.ts';
import type { ByteReader, ByteWriter } from '../protocol/wire.ts';

/** What a frame carries; numbers of the wire, never renumber. Kinds 0 to 2 belong to the handshake, 5 to 7 to voters of a majority. */
export const frameKind = { hello: 0, welcome: 1, refused: 2, membership: 3, data: 4, electorate: 5, ask: 6, vote: 7 } as const;
export type PayloadKind = typeof frameKind.membership | typeof frameKind.data;

export interface TransportIdentity {
  readonly id: MemberId;
  readonly incarnation: number;
  readonly name: string;
  readonly labels: Labels;
}

export interface TransportPeer {
  readonly id: MemberId;
  readonly incarnation: number;
  readonly address: Address;
}

/** What happens on the network, told synchronously, one at a time. */
export interface TransportEvents {
  /** `body` is valid only during the call. Throwing GRID_MALFORMED_FRAME closes the connection. */
  received(from: MemberId, kind: PayloadKind, body: ByteReader): void;
  /** All frames of one chunk were told: time to acknowledge them together. */
  batchEnded(): void;
  /** Both ends agreed on a connection of this lane; frames on an earlier one may be gone. */
  connected(peer: MemberId, lane: Lane): void;
  /** No connection of the control lane is left, or a dial was refused by the network. */
  closed(peer: MemberId): void;
  /** The peer answered, but does not want this member. */
  refused(peer: MemberId, reason: string): void;
}

/** Puts a message into a frame. One function for all messages of a kind: a closure for each would cost as much as to write a short one. */
export type Write<Message> = (writer: ByteWriter, message: Message) => void;

/** `unconnected` and `overloaded`: the message was dropped, nothing of it has left. */
export type SendOutcome = 'sent' | 'unconnected' | 'overloaded';

/** Carries frames between members. Everything above it tolerates loss, but no reordering within one lane of one connection. */
export interface Transport {
  /** Opens the listener and gives the address that others should dial. */
  listen(events: TransportEvents): Promise<Address>;
  /** A new life: connections of an earlier one end. Undefined: no member, nothing is accepted. */
  identify(identity: TransportIdentity | undefined): void;
  /** Keep connections to exactly these. */
  peers(peers: readonly TransportPeer[]): void;
  /** `write` puts `message` into the frame before this returns. */
  send<Message>(to: MemberId, lane: Lane, kind: PayloadKind, write: Write<Message>, message: Message): SendOutcome;
  figures(): Record<string, number>;
  /** Since the peer is one. */
  bytesSentTo(peer: MemberId): number;
  /** Ends everything; bytes that were accepted before are given a moment to leave. */
  close(): Promise<void>;
}
