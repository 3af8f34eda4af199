import type { GridLogLine } from '../api.ts';
import type { Voter } from '../authority/majority/voter-links.ts';
import type { Time } from '../facade/time.ts';
import type { Address, Lane } from '../protocol/types.ts';
import type { Channel } from './secure-channel.ts';

export const windows: Readonly<Record<Lane, number>> = { control: 4 * 1_048_576, bulk: 1_048_576 };
export const handshakeMs = 5_000;
export const maxHalfOpen = 128;
/** Enough for all members behind one mapping or proxy to dial both lanes at once; one flooding host leaves the other half. */
export const maxStrangersOfOneHost = 64;
export const maxLinks = 128;
export const dialTickMs = 50;
/** How long somebody whom membership does not name may stay connected: a starter whose row is not read yet. */
export const strangerMs = 15_000;
export const closeMs = 1_000;
export const lanes: readonly Lane[] = ['control', 'bulk'];

export interface SocketTransportOptions {
  readonly cluster: string;
  readonly bind: Address;
  /** How many further ports are tried where the first is taken; default 0. */
  readonly portRange?: number | undefined;
  readonly externalAddress?: string | undefined;
  readonly externalPort?: number | undefined;
  /** The version of the protocol that is spoken; another one than PROTOCOL_VERSION stands in for an older or newer member. */
  readonly protocolVersion?: number | undefined;
  readonly channel: Channel;
  /** Where the members decide by majority: answers questions of other voters of the same electorate. */
  readonly voter?: Voter | undefined;
  readonly time: Time;
  readonly log: (line: GridLogLine) => void;
}
/** A member that cannot be reached for so long is worth a line. */
export const unreachableMs = 3_000;
/** The log says at most so often that a member cannot be reached. */
export const unreachableLineMs = 10_000;
