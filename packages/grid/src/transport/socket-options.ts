import type { GridLogLine } from '../api.ts';
import type { Time } from '../facade/time.ts';
import type { Address, Lane } from '../protocol/types.ts';
import type { Channel } from './secure-channel.ts';

export const windows: Readonly<Record<Lane, number>> = { control: 4 * 1_048_576, bulk: 1_048_576 };
export const handshakeMs = 5_000;
export const maxHalfOpen = 128;
export const maxLinks = 128;
export const dialTickMs = 50;
/** How long somebody whom membership does not name may stay connected: a starter whose row is not read yet. */
export const strangerMs = 15_000;
export const closeMs = 1_000;
export const lanes: readonly Lane[] = ['control', 'bulk'];

export interface SocketTransportOptions {
  readonly cluster: string;
  readonly bind: Address;
  readonly externalAddress?: string | undefined;
  readonly externalPort?: number | undefined;
  readonly channel: Channel;
  readonly time: Time;
  readonly log: (line: GridLogLine) => void;
}
