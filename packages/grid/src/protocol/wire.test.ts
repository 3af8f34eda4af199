import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './wire.ts';

describe('the writer of fixed-layout fields', () => {
  it('keeps every field while its buffer grows at any boundary', () => {
    for (let initialBytes = 1; initialBytes < 40; initialBytes += 1) {
      const writer = new ByteWriter(initialBytes);
      const bytes = writer.u8(1).u16(515).u32(70_000).f64(3.5).string('naïve').bytes(Uint8Array.of(9, 8)).u16(7).take();
      const reader = new ByteReader(bytes);
      expect([reader.u8(), reader.u16(), reader.u32(), reader.f64(), reader.string(), [...reader.bytes()], reader.u16()]).toEqual([
        1,
        515,
        70_000,
        3.5,
        'naïve',
        [9, 8],
        7,
      ]);
      reader.end();
    }
  });

  it('carries every text, ASCII or not, short or long', () => {
    for (const text of ['', 'a', 'naïve', '\u0000', 'x'.repeat(5_000), `${'x'.repeat(5_000)}😀`, '漢字']) {
      const reader = new ByteReader(new ByteWriter(8).u8(1).string(text).u8(2).take());
      expect([reader.u8(), reader.string(), reader.u8()]).toEqual([1, text, 2]);
      reader.end();
    }
  });
});

describe('the reader of fixed-layout fields', () => {
  it('hands out copies, whatever kind of array it reads and wherever that begins', () => {
    const written = new ByteWriter()
      .u16(7)
      .bytes(Uint8Array.of(1, 2, 3))
      .bytes(new Uint8Array(5_000).fill(9))
      .take();
    const chunk = Buffer.concat([Buffer.from('head'), written]);
    const reader = new ByteReader(chunk.subarray(4));
    const read = [reader.u16(), reader.bytes(), reader.bytes()] as const;
    chunk.fill(0);
    expect(read[0]).toBe(7);
    expect([...read[1]]).toEqual([1, 2, 3]);
    expect(read[2]).toEqual(new Uint8Array(5_000).fill(9));
  });

  it('shows bytes in place, and no more of them than are allowed and there', () => {
    const bytes = new ByteWriter()
      .u16(7)
      .bytes(Uint8Array.of(1, 2, 3))
      .take();
    const within = new Uint8Array(bytes.length + 5);
    within.set(bytes, 5);
    const reader = new ByteReader(within.subarray(5));
    expect(reader.u16()).toBe(7);
    const view = reader.view();
    expect([[...view], view.buffer === within.buffer]).toEqual([[1, 2, 3], true]);
    expect(() => new ByteReader(bytes.subarray(2)).view(2)).toThrow(/3 bytes announced, at most 2/);
    expect(() => new ByteReader(bytes.subarray(2, 8)).view()).toThrow(/GRID_MALFORMED_FRAME/);
  });

  it('refuses text that is not UTF-8', () => {
    const bytes = new ByteWriter().bytes(Uint8Array.of(0x61, 0xff)).take();
    expect(() => new ByteReader(bytes).string()).toThrow(/not UTF-8/);
  });

  it('takes nothing for a count that is none, and nothing for a moment that is no number', () => {
    const reader = (value: number) => new ByteReader(new ByteWriter().f64(value).take());
    for (const value of [0, 7, Number.MAX_SAFE_INTEGER]) expect(reader(value).whole()).toBe(value);
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => reader(value).whole()).toThrow(/GRID_MALFORMED_FRAME/);
    for (const value of [-1, 0.5, Number.POSITIVE_INFINITY]) expect(reader(value).time()).toBe(value);
    expect(() => reader(Number.NaN).time()).toThrow(/GRID_MALFORMED_FRAME/);
  });
});
