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
});
