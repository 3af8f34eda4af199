import { GridError } from '../errors.ts';
import type { Address } from '../protocol/types.ts';
import { ByteReader, ByteWriter } from '../protocol/wire.ts';

const magic = 0x4b47_4449;
const version = 1;
const maxClusterBytes = 512;
const maxHostBytes = 64;
/** One datagram, below the smallest usual MTU, whatever the names are. */
export const maxMessageBytes = 1_200;

export interface MulticastMessage {
  /** A request wants an answer; an answer wants nothing. */
  readonly kind: 'request' | 'answer';
  readonly cluster: string;
  /** Random for each life of each node: whoever hears its own request through the loop ignores it. */
  readonly sender: number;
  readonly address: Address;
}

export function writeMulticastMessage(message: MulticastMessage): Uint8Array {
  const writer = new ByteWriter(128);
  writer
    .u32(magic)
    .u8(version)
    .u8(message.kind === 'request' ? 0 : 1)
    .f64(message.sender);
  writer.string(message.cluster).string(message.address.host).u16(message.address.port);
  return writer.take();
}

/** @throws GridError GRID_MALFORMED_FRAME: anybody can send to the group, so nothing is believed. */
export function readMulticastMessage(bytes: Uint8Array): MulticastMessage {
  if (bytes.length > maxMessageBytes) throw new GridError('GRID_MALFORMED_FRAME', `discovery datagram of ${bytes.length} bytes`);
  const reader = new ByteReader(bytes);
  if (reader.u32() !== magic || reader.u8() !== version) throw new GridError('GRID_MALFORMED_FRAME', 'no discovery datagram');
  const kind = reader.u8();
  if (kind > 1) throw new GridError('GRID_MALFORMED_FRAME', `discovery datagram of kind ${kind}`);
  const sender = reader.f64();
  const cluster = reader.string(maxClusterBytes);
  const host = reader.string(maxHostBytes);
  const port = reader.u16();
  reader.end();
  return { kind: kind === 0 ? 'request' : 'answer', cluster, sender, address: { host, port } };
}
