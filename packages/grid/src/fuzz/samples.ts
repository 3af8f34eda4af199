import {
  type CacheShape,
  type DataMessage,
  noResult,
  type OperationCode,
  type OperationResult,
  type StatusCode,
  type TransferRecord,
  type Write,
} from '../data/messages.ts';
import { encodeDataMessage } from '../data/wire-messages.ts';
import type { MembershipMessage } from '../membership/messages.ts';
import { writeMembershipMessage } from '../membership/wire-messages.ts';
import { type MemberRecord, PROTOCOL_VERSION, SEGMENTS, type ViewBody } from '../protocol/types.ts';
import { ByteWriter } from '../protocol/wire.ts';
import type { Random } from '../simulator/random.ts';
import { writeHello, writeRefusal } from '../transport/hello.ts';
import { frameKind } from '../transport/transport.ts';

const writer = new ByteWriter(4_096);
const texts = ['', 'k', 'session-7c9e6679-7425-40de-944b', 'schlüssel', '鍵', '\u0000', 'x'.repeat(200)];
const whole = (random: Random, below: number): number => Math.floor(random.next() * below);

function bytes(random: Random): Uint8Array {
  return new Uint8Array(random.chance(0.2) ? 0 : whole(random, 400)).fill(whole(random, 256));
}

function shape(random: Random): CacheShape {
  return { owners: whole(random, 4), stateTransfer: random.chance(0.5) };
}

function result(random: Random): OperationResult {
  if (random.chance(0.4)) return noResult;
  return {
    found: random.chance(0.5),
    value: random.chance(0.5) ? bytes(random) : null,
    epoch: whole(random, 40),
    sequence: whole(random, 1e6),
  };
}

function write(random: Random): Write {
  const type = random.pick(['value', 'tombstone', 'touch'] as const);
  return {
    type,
    key: random.pick(texts),
    value: type === 'value' ? bytes(random) : null,
    epoch: whole(random, 40),
    sequence: whole(random, 1e6),
    expiresAt: random.chance(0.5) ? Number.POSITIVE_INFINITY : whole(random, 1e9),
    maxIdleMs: random.chance(0.5) ? 0 : whole(random, 1e6),
    lastUsed: whole(random, 1e9),
    origin: whole(random, 5),
    incarnation: whole(random, 50),
    counter: whole(random, 1e6),
    mark: whole(random, 1e6),
    result: result(random),
  };
}

function record(random: Random): TransferRecord {
  const base = { cache: whole(random, 3), shape: shape(random) };
  const origin = { origin: whole(random, 5), incarnation: whole(random, 50) };
  const draw = random.next();
  if (draw < 0.6) return { type: 'entry', ...base, write: write(random) };
  if (draw < 0.8) return { type: 'result', ...base, ...origin, counter: whole(random, 1e6), result: result(random) };
  return { type: 'mark', ...base, ...origin, mark: whole(random, 1e6) };
}

const list = <T>(random: Random, most: number, make: (random: Random) => T): T[] =>
  Array.from({ length: whole(random, most + 1) }, () => make(random));

/** A message that a member might send. */
export function dataMessage(random: Random): DataMessage {
  const epoch = whole(random, 40);
  const segment = whole(random, SEGMENTS);
  switch (whole(random, 10)) {
    case 0:
      return {
        kind: 'request',
        epoch,
        cache: whole(random, 3),
        shape: shape(random),
        segment,
        operation: (1 + whole(random, 12)) as OperationCode,
        incarnation: whole(random, 50),
        counter: whole(random, 1e6),
        attempt: 1 + whole(random, 4),
        mark: whole(random, 1e6),
        globalMark: whole(random, 1e6),
        key: random.pick(texts),
        value: random.chance(0.5) ? bytes(random) : null,
        lifespanMs: random.chance(0.5) ? -1 : whole(random, 1e6),
        maxIdleMs: random.chance(0.5) ? -1 : whole(random, 1e6),
        ifEpoch: whole(random, 3),
        ifSequence: whole(random, 3),
        update: random.pick(texts),
      };
    case 1:
      return {
        kind: 'reply',
        epoch,
        counter: whole(random, 1e6),
        attempt: 1,
        status: (1 + whole(random, 6)) as StatusCode,
        result: result(random),
      };
    case 2:
      return {
        kind: 'replicate',
        epoch,
        number: whole(random, 1e6),
        cache: whole(random, 3),
        shape: shape(random),
        segment,
        committedEpoch: whole(random, 40),
        committedSequence: whole(random, 1e6),
        write: write(random),
      };
    case 3:
      return { kind: 'acknowledge', epoch, upTo: whole(random, 1e6) };
    case 4:
      return { kind: 'tailAsk', epoch, segments: list(random, 20, () => whole(random, SEGMENTS)) };
    case 5:
      return {
        kind: 'tailAnswer',
        epoch,
        segments: list(random, 20, () => whole(random, SEGMENTS)),
        writes: list(random, 4, () => ({
          cache: whole(random, 3),
          shape: shape(random),
          segment: whole(random, SEGMENTS),
          write: write(random),
        })),
      };
    case 6:
      return {
        kind: 'pull',
        epoch,
        transfer: whole(random, 100),
        segment,
        fromOwners: whole(random, 4),
        toOwners: whole(random, 5),
        replicated: random.chance(0.5),
        granted: whole(random, 20),
      };
    case 7:
      return {
        kind: 'transfer',
        epoch,
        transfer: whole(random, 100),
        segment,
        frame: whole(random, 20),
        records: list(random, 6, record),
        last: random.chance(0.5),
        count: whole(random, 1e6),
        checksum: whole(random, 2 ** 32),
      };
    case 8:
      return {
        kind: 'topic',
        epoch,
        topic: random.pick(texts),
        incarnation: whole(random, 50),
        number: whole(random, 1e6),
        payload: bytes(random),
      };
    default:
      return {
        kind: 'topicAcknowledge',
        epoch,
        topic: random.pick(texts),
        incarnation: whole(random, 50),
        number: whole(random, 1e6),
        answer: bytes(random),
      };
  }
}

function member(random: Random): MemberRecord {
  const label = (): string | undefined => (random.chance(0.5) ? undefined : random.pick(['a', 'b']));
  const [site, rack, machine] = [label(), label(), label()];
  return {
    id: 1 + whole(random, 9),
    incarnation: whole(random, 50),
    name: random.pick(texts),
    address: { host: '127.0.0.1', port: whole(random, 65_536) },
    labels: { ...(site !== undefined && { site }), ...(rack !== undefined && { rack }), ...(machine !== undefined && { machine }) },
    state: random.pick(['joining', 'active', 'leaving', 'revoked'] as const),
  };
}

/** Tables are large and all alike to a reader: a few do. */
const tables = [1, 2, 3].map((owners) =>
  Array.from({ length: SEGMENTS }, (_, segment) => Array.from({ length: owners }, (_, place) => 1 + ((segment + place) % 9))),
);

function view(random: Random): ViewBody {
  const table = (): number[][] => random.pick(tables);
  const phase = random.pick(['STABLE', 'COPY', 'SWITCH'] as const);
  return {
    timeline: 1,
    epoch: whole(random, 40),
    members: list(random, 6, member),
    phase,
    table: table(),
    target: random.chance(0.5) ? null : table(),
    fall: random.chance(0.5) ? undefined : { epoch: whole(random, 40), gone: list(random, 5, (of) => whole(of, 20)) },
  };
}

export function membershipMessage(random: Random): MembershipMessage {
  const epoch = whole(random, 40);
  switch (whole(random, 4)) {
    case 0:
      return {
        kind: 'heartbeat',
        epoch,
        sentAtMs: whole(random, 1e9),
        confirmed: whole(random, 40),
        leaving: random.chance(0.2),
        timeline: 1,
        heard: list(random, 6, () => 1 + whole(random, 9)),
      };
    case 1:
      return { kind: 'heartbeatAnswer', epoch, echoMs: whole(random, 1e9), granted: random.chance(0.5) };
    case 2:
      return { kind: 'view', view: view(random) };
    default:
      return { kind: 'viewRequest', epoch };
  }
}

export function dataBody(random: Random): Uint8Array {
  return encodeDataMessage(dataMessage(random));
}

export function membershipBody(random: Random): Uint8Array {
  writeMembershipMessage(writer, membershipMessage(random));
  return writer.take();
}

export function helloBody(random: Random): Uint8Array {
  if (random.chance(0.2)) writeRefusal(writer, random.pick(texts));
  else
    writeHello(writer, {
      version: random.chance(0.8) ? PROTOCOL_VERSION : whole(random, 65_536),
      cluster: random.pick(['ISPN', ...texts]),
      from: whole(random, 9),
      incarnation: whole(random, 50),
      name: random.pick(texts),
      to: whole(random, 9),
      lane: random.pick(['control', 'bulk'] as const),
    });
  return writer.take();
}

/** A whole frame, of any kind. */
export function frame(random: Random): Uint8Array {
  const kind = random.pick(Object.values(frameKind));
  const body = kind === frameKind.data ? dataBody(random) : kind === frameKind.membership ? membershipBody(random) : helloBody(random);
  writer
    .u32(body.length + 2)
    .u8(kind)
    .u8(0);
  for (const byte of body) writer.u8(byte);
  return writer.take();
}
