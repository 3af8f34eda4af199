import type { Credentials } from '../../packages/grid/src/transport/secure-channel.ts';

export type CarrierName = 'TCP' | 'UDP';

/** What a peer is started with. */
export interface PeerSettings {
  readonly id: number;
  readonly carrier: CarrierName;
  /** Undefined = in the clear. */
  readonly credentials?: Credentials | undefined;
}

export type PeerCommand =
  /** Connects to the other peer; answered when the control lane stands. */
  | { readonly kind: 'connect'; readonly port: number }
  /** Sends messages as fast as they are taken, answered with their number. */
  | { readonly kind: 'send'; readonly bytes: number; readonly seconds: number }
  /** Answered with what was received, and the CPU used, since the last call of this. */
  | { readonly kind: 'count' }
  | { readonly kind: 'stop' };

export interface PeerCount {
  readonly messages: number;
  /** From the first message to the last. */
  readonly durationMs: number;
  readonly cpuUs: number;
}
