import type { AuthorityRequest, MemberRow, Registration } from '../authority/authority.ts';
import type { Address, MemberId, ViewBody } from '../protocol/types.ts';
import type { DataPort, Identity } from './data-port.ts';
import type { MembershipMessage } from './messages.ts';
import type { PartTypes } from './parts.ts';
import type { Timing } from './timing.ts';

/** Whom the transport should keep connections to. */
export interface PeerAddress {
  readonly id: MemberId;
  readonly incarnation: number;
  readonly name: string;
  readonly address: Address;
}

export type MembershipEvent =
  | { readonly kind: 'joining'; readonly identity: Identity }
  | { readonly kind: 'view'; readonly view: ViewBody }
  | { readonly kind: 'fenced'; readonly reason: string }
  | { readonly kind: 'unfenced' }
  /** Not a member any more; it registers anew by itself. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The end of a leave; the core is finished. */
  | { readonly kind: 'left' };

/** Everything that membership asks of the world; each call returns at once and never calls back in the same stretch. */
export interface MembershipWorld {
  send(to: MemberId, message: MembershipMessage): void;
  /** The result comes back through `answered` or `failed` with the same number. Requests of one member are executed in this order. */
  request(number: number, request: AuthorityRequest): void;
  /** Exactly these, until the next call. */
  peers(addresses: readonly PeerAddress[]): void;
  notify(event: MembershipEvent): void;
}

export interface MembershipOptions {
  readonly registration: Registration;
  readonly world: MembershipWorld;
  readonly data: DataPort;
  readonly timing?: Timing | undefined;
  /** Proof that the process behind a row is gone: same host and boot, same pid namespace, and no such process. Without it: never. */
  readonly isProcessGone?: ((row: MemberRow) => boolean) | undefined;
  /** What parts are made of instead; the simulator passes variants with a planted fault. */
  readonly types?: Partial<PartTypes> | undefined;
}
