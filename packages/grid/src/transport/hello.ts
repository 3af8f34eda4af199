import { GridError } from '../errors.ts';
import { type Lane, type MemberId, PROTOCOL_VERSION } from '../protocol/types.ts';
import { ByteReader, type ByteWriter } from '../protocol/wire.ts';

const magic = 0x4b47_5244;
const maxTextBytes = 512;

/** First frame of whoever dials, and with `lane` as asked the answer of the other side. */
export interface Hello {
  readonly version: number;
  readonly cluster: string;
  readonly from: MemberId;
  readonly incarnation: number;
  readonly name: string;
  /** Whom the dialer takes the other side for. */
  readonly to: MemberId;
  readonly lane: Lane;
}

export function writeHello(writer: ByteWriter, hello: Hello): void {
  writer.u32(magic).u16(hello.version).string(hello.cluster).f64(hello.from).f64(hello.incarnation).string(hello.name).f64(hello.to);
  writer.u8(hello.lane === 'control' ? 0 : 1);
}

/** A greater version may carry more than we know behind the fields of this one; the version then decides, not the rest. */
export function readHello(body: Uint8Array): Hello {
  const reader = new ByteReader(body);
  if (reader.u32() !== magic) throw new GridError('GRID_MALFORMED_FRAME', 'the first frame is no hello');
  const version = reader.u16();
  const cluster = reader.string(maxTextBytes);
  const from = reader.f64();
  const incarnation = reader.f64();
  const name = reader.string(maxTextBytes);
  const to = reader.f64();
  const lane = reader.u8();
  if (lane > 1) throw new GridError('GRID_MALFORMED_FRAME', `lane ${lane}`);
  if (version === PROTOCOL_VERSION) reader.end();
  return { version, cluster, from, incarnation, name, to, lane: lane === 0 ? 'control' : 'bulk' };
}

export function writeRefusal(writer: ByteWriter, reason: string): void {
  writer.string(reason);
}

export function readRefusal(body: Uint8Array): string {
  const reader = new ByteReader(body);
  const reason = reader.string(maxTextBytes);
  reader.end();
  // It goes to a log: printable characters only.
  return reason.replaceAll(/[^\x20-\x7e]/g, '?');
}

export interface Expectation {
  /** The version that is spoken here; default PROTOCOL_VERSION. */
  readonly version?: number | undefined;
  readonly cluster: string;
  /** This member; undefined = it is none now. */
  readonly self: MemberId | undefined;
  /** Incarnation of a member that is known already. */
  incarnationOf(id: MemberId): number | undefined;
}

/** It registered a moment ago and does not know its own id yet, or it lost its place: the dialer tries again soon. */
export const notYet = 'not a member at the moment';

/** How refusals begin whose cause operators look up. */
export const otherCluster = 'another cluster name';
export const otherVersion = 'protocol version';

/** Why a hello is not welcome; undefined = it is. Refusals name what differs, so that the operator sees it on both sides. */
export function refusalOf(hello: Hello, expected: Expectation): string | undefined {
  const { version = PROTOCOL_VERSION } = expected;
  if (hello.version !== version) return `${otherVersion} ${hello.version}, version ${version} is spoken here`;
  if (hello.cluster !== expected.cluster) return otherCluster;
  if (expected.self === undefined) return notYet;
  if (hello.to !== expected.self) return `member ${hello.to} is not here any more`;
  if (hello.from === expected.self || !Number.isSafeInteger(hello.from) || hello.from < 0) return 'not a possible member id';
  const known = expected.incarnationOf(hello.from);
  if (known !== undefined && known !== hello.incarnation) return 'another incarnation of this member is known';
  return undefined;
}
