import { readDataMessage } from '../data/wire-messages.ts';
import { readMembershipMessage } from '../membership/wire-messages.ts';
import { ByteReader } from '../protocol/wire.ts';
import type { Random } from '../simulator/random.ts';
import { FrameParser, maxFrameBytes, maxHandshakeBytes } from '../transport/frame-parser.ts';
import { readHello, readRefusal, refusalOf } from '../transport/hello.ts';
import { frameKind } from '../transport/transport.ts';
import { CoreTarget } from './core-target.ts';
import { mutate } from './mutate.ts';
import { dataBody, frame, helloBody, membershipBody } from './samples.ts';

/** One place where bytes of others come in. */
export interface Target {
  readonly name: string;
  /** Makes the bytes of one case. */
  make(random: Random): Uint8Array;
  /** Gives them in. Throwing GRID_MALFORMED_FRAME is the one way to refuse; what it returns is how much was made of them, in bytes. */
  take(bytes: Uint8Array, random: Random): number;
}

const mutated =
  (body: (random: Random) => Uint8Array) =>
  (random: Random): Uint8Array =>
    mutate(random, body(random), body(random));

/** Bytes that a decoded message holds on to. */
export function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let size = 0;
  for (const part of Object.values(value)) size += sizeOf(part);
  return size;
}

function takeData(bytes: Uint8Array): number {
  const reader = new ByteReader(bytes);
  const message = readDataMessage(reader);
  reader.end();
  return sizeOf(message);
}

function takeHello(bytes: Uint8Array): number {
  try {
    const hello = readHello(bytes);
    refusalOf(hello, { cluster: 'ISPN', self: 3, incarnationOf: () => undefined });
    return sizeOf(hello);
  } catch (error) {
    // What is no hello may be a refusal.
    if (bytes.length > 0 && bytes[0] === 0) return readRefusal(bytes).length;
    throw error;
  }
}

const frames: Target = {
  name: 'frame parser',
  make(random) {
    const [first, second, third] = [frame(random), frame(random), frame(random)];
    const stream = new Uint8Array(first.length + second.length + third.length);
    stream.set(first);
    stream.set(second, first.length);
    stream.set(third, first.length + second.length);
    return mutate(random, stream, first);
  },
  take(bytes, random) {
    let size = 0;
    const parser = new FrameParser(
      (kind, body) => {
        if (kind === frameKind.membership) size += sizeOf(readMembershipMessage(body));
        else size += kind === frameKind.data ? takeData(body.rest()) : takeHello(body.rest());
      },
      random.chance(0.2) ? maxHandshakeBytes : maxFrameBytes,
    );
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + Math.floor(random.next() ** 3 * 2_000));
      parser.push(bytes.subarray(at, end));
      at = end;
    }
    return size + parser.held;
  },
};

/** A new set of targets; they hold state that the cases of one run share. */
export function targets(): readonly Target[] {
  return [
    frames,
    { name: 'data messages', make: mutated(dataBody), take: takeData },
    {
      name: 'membership messages',
      make: mutated(membershipBody),
      take: (bytes) => sizeOf(readMembershipMessage(new ByteReader(bytes))),
    },
    { name: 'hello', make: mutated(helloBody), take: takeHello },
    new CoreTarget('requests and replication'),
    new CoreTarget('state transfer', 'COPY'),
  ];
}
