import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameParser, maxFrameBytes, maxHandshakeBytes, maxKind } from './frame-parser.ts';

function frame(kind: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(6 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length + 2);
  bytes[4] = kind;
  bytes.set(body, 6);
  return bytes;
}
const collect = (maxBytes = maxFrameBytes) => {
  const frames: [number, number[]][] = [];
  return { frames, parser: new FrameParser((kind, body) => frames.push([kind, [...body.rest()]]), maxBytes) };
};
const anyFrame = fc.record({ kind: fc.integer({ min: 0, max: 4 }), body: fc.uint8Array({ maxLength: 40 }) });

describe('FrameParser', () => {
  it('finds the same frames wherever the stream is split', () => {
    const bytes = Buffer.concat([frame(0, Uint8Array.of(1, 2, 3)), frame(4, new Uint8Array(0)), frame(3, new Uint8Array(9).fill(7))]);
    const whole = collect();
    whole.parser.push(bytes);
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 1) {
        const { frames, parser } = collect();
        for (const part of [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]) parser.push(part);
        expect(frames).toEqual(whole.frames);
      }
    }
  });

  it('finds random frames in random chunks, and does not keep the chunks', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (wanted, sizes) => {
        const bytes = Buffer.concat(wanted.map(({ kind, body }) => frame(kind, body)));
        const { frames, parser } = collect();
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] as number;
          const chunk = Uint8Array.from(bytes.subarray(at, at + size));
          parser.push(chunk);
          chunk.fill(255);
          at += size;
        }
        expect(frames).toEqual(wanted.map(({ kind, body }) => [kind, [...body]]));
        expect(parser.held).toBe(0);
      }),
    );
  });

  it('tells nothing of a truncated frame', () => {
    const bytes = frame(3, new Uint8Array(100));
    for (let length = 0; length < bytes.length; length += 1) {
      const { frames, parser } = collect();
      parser.push(bytes.subarray(0, length));
      expect(frames).toEqual([]);
      expect(parser.held).toBe(length);
    }
  });

  it('refuses a length beyond the limit as soon as the header is there', () => {
    for (const length of [maxFrameBytes - 3, 0xffff_ffff, 0, 1]) {
      const bytes = new Uint8Array(6);
      new DataView(bytes.buffer).setUint32(0, length);
      expect(() => collect().parser.push(bytes)).toThrow(/GRID_MALFORMED_FRAME/);
    }
    expect(() => collect(maxHandshakeBytes).parser.push(frame(0, new Uint8Array(maxHandshakeBytes)))).toThrow(/GRID_MALFORMED_FRAME/);
  });

  it('does not allocate what is only announced', () => {
    const header = new Uint8Array(6);
    new DataView(header.buffer).setUint32(0, maxFrameBytes - 4);
    header[4] = 3;
    const parsers = Array.from({ length: 2_000 }, () => {
      const { parser } = collect();
      parser.push(header);
      return parser;
    });
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(500_000_000);
    expect(parsers).toHaveLength(2_000);
  });

  it('either refuses mutated bytes with its own error or finds frames within the limit', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
        (wanted, changes) => {
          const bytes = Buffer.concat(wanted.map(({ kind, body }) => frame(kind, body)));
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const { frames, parser } = collect(4_096);
          try {
            parser.push(bytes);
          } catch (error) {
            expect(error).toMatchObject({ code: 'GRID_MALFORMED_FRAME' });
          }
          expect(frames.every(([kind, body]) => kind <= maxKind && body.length <= 4_096)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
