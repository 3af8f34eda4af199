import { describe, expect, it } from 'vitest';
import type { DataMessage, Write } from './messages.ts';
import { noResult } from './messages.ts';
import { decodeDataMessage, encodeDataMessage } from './wire-messages.ts';

const shape = { owners: 2, stateTransfer: true };
const result = { found: true, value: Uint8Array.of(1, 2), epoch: 3, sequence: 2 ** 40 };
const write: Write = {
  type: 'value',
  key: 'schlüssel',
  value: Uint8Array.of(9),
  epoch: 4,
  sequence: 5,
  expiresAt: 1234.5,
  maxIdleMs: 10,
  lastUsed: 7,
  origin: 1,
  incarnation: 2,
  counter: 3,
  mark: 1,
  result,
};
const tombstone: Write = { ...write, type: 'tombstone', value: null, expiresAt: Number.POSITIVE_INFINITY, maxIdleMs: 0, result: noResult };

const messages: DataMessage[] = [
  {
    kind: 'request',
    epoch: 9,
    cache: 0xffff_ffff,
    shape,
    segment: 255,
    incarnation: 5,
    counter: 77,
    attempt: 2,
    mark: 70,
    globalMark: 60,
    operation: 5,
    key: 'k',
    value: Uint8Array.of(1),
    lifespanMs: 1_000,
    maxIdleMs: -1,
    ifEpoch: 3,
    ifSequence: 4,
    update: '',
  },
  {
    kind: 'request',
    epoch: 9,
    cache: 1,
    shape: { owners: 0, stateTransfer: false },
    segment: 0,
    incarnation: 5,
    counter: 78,
    attempt: 1,
    mark: 78,
    globalMark: 78,
    operation: 10,
    key: '',
    value: null,
    lifespanMs: -1,
    maxIdleMs: -1,
    ifEpoch: 0,
    ifSequence: 0,
    update: 'count',
  },
  { kind: 'reply', epoch: 9, counter: 77, attempt: 2, status: 1, result },
  { kind: 'reply', epoch: 9, counter: 77, attempt: 2, status: 2, result: noResult },
  { kind: 'replicate', epoch: 9, number: 1, cache: 1, shape, segment: 3, committedEpoch: 8, committedSequence: 6, write },
  { kind: 'acknowledge', epoch: 9, upTo: 12 },
  { kind: 'tailAsk', epoch: 9, segments: [0, 17, 255] },
  { kind: 'tailAnswer', epoch: 9, segments: [1], writes: [{ cache: 1, shape, segment: 1, write: tombstone }] },
  { kind: 'pull', epoch: 9, transfer: 4, segment: 8, fromOwners: 1, toOwners: 4, replicated: true, granted: 8 },
  {
    kind: 'transfer',
    epoch: 9,
    transfer: 4,
    segment: 8,
    frame: 2,
    last: true,
    count: 3,
    checksum: 0xdead_beef,
    records: [
      { type: 'entry', cache: 1, shape, write },
      { type: 'result', cache: 1, shape, origin: 1, incarnation: 2, counter: 3, result },
      { type: 'mark', cache: 1, shape, origin: 1, incarnation: 2, mark: 3 },
    ],
  },
  { kind: 'topic', epoch: 9, topic: 'work', incarnation: 5, number: 1, payload: Uint8Array.of(5) },
  { kind: 'topicAcknowledge', epoch: 9, topic: 'work', incarnation: 5, number: 1, answer: Uint8Array.of(6, 7) },
];

describe('the wire of data messages', () => {
  for (const [index, message] of messages.entries()) {
    it(`carries ${message.kind} (${index}) whole`, () => {
      expect(decodeDataMessage(encodeDataMessage(message))).toEqual(message);
    });

    it(`refuses ${message.kind} (${index}) cut short anywhere`, () => {
      const bytes = encodeDataMessage(message);
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decodeDataMessage(bytes.subarray(0, length))).toThrowError(/GRID_MALFORMED_FRAME/);
      }
    });
  }

  it('refuses unknown kinds, operations and segments, and trailing bytes', () => {
    expect(() => decodeDataMessage(Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 0))).toThrowError(/GRID_MALFORMED_FRAME/);
    const acknowledge = encodeDataMessage({ kind: 'acknowledge', epoch: 1, upTo: 1 });
    expect(() => decodeDataMessage(Uint8Array.of(...acknowledge, 0))).toThrowError(/GRID_MALFORMED_FRAME/);
    const ask = encodeDataMessage({ kind: 'tailAsk', epoch: 1, segments: [300] });
    expect(() => decodeDataMessage(ask)).toThrowError(/segment 300/);
  });

  it('never throws anything but a coded error on noise', () => {
    for (let seed = 1; seed < 2_000; seed++) {
      const bytes = Uint8Array.from({ length: seed % 60 }, (_, index) => (seed * 2_654_435_761 * (index + 1)) >>> 13);
      if (bytes.length > 0) bytes[0] = seed % 10;
      try {
        decodeDataMessage(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'GRID_MALFORMED_FRAME' });
      }
    }
  });
});
