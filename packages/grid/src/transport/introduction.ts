import { type Lane, type MemberId, PROTOCOL_VERSION } from '../protocol/types.ts';
import { type Hello, refusalOf } from './hello.ts';
import type { PeerLink } from './peer-link.ts';
import type { SocketTransportOptions } from './socket-options.ts';
import type { TransportIdentity } from './transport.ts';

type Introduced = Pick<SocketTransportOptions, 'cluster' | 'protocolVersion'>;

/** What this member says of itself to another one, on a connection of a lane. */
export function helloTo(options: Introduced, { id: from, incarnation, name }: TransportIdentity, to: MemberId, lane: Lane): Hello {
  return { version: options.protocolVersion ?? PROTOCOL_VERSION, cluster: options.cluster, from, incarnation, name, to, lane };
}

/** Why somebody's hello is not welcome here; undefined = it is. */
export function refusalHere(
  hello: Hello,
  { cluster, protocolVersion: version }: Introduced,
  self: TransportIdentity | undefined,
  links: ReadonlyMap<MemberId, PeerLink>,
): string | undefined {
  return refusalOf(hello, { version, cluster, self: self?.id, incarnationOf: (id) => links.get(id)?.peer?.incarnation });
}
