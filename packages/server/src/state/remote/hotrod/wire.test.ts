import { describe, expect, it } from 'vitest';
import { HotRodReader, HotRodWriter, IncompleteFrame, MalformedFrame } from './wire.ts';

describe('the forms of Hot Rod', () => {
  it('give back what was written, at every length', () => {
    const numbers = [0, 1, 127, 128, 300, 16_383, 16_384, 2 ** 31, 2 ** 49 - 1];
    const text = 'ä"\u2028'.repeat(500);
    const writer = new HotRodWriter();
    for (const number of numbers) writer.variable(number);
    const bytes = writer
      .text(text)
      .byte(7)
      .bytes(Buffer.from([1, 2]))
      .finish();
    const reader = new HotRodReader(bytes);
    expect(numbers.map(() => reader.variable())).toEqual(numbers);
    expect(reader.text()).toBe(text);
    expect(reader.byte()).toBe(7);
    expect([...reader.bytes()]).toEqual([1, 2]);
    expect(reader.position).toBe(bytes.length);
  });

  it('ask for more where a frame ends too early, wherever that is', () => {
    const bytes = new HotRodWriter().variable(300).text('hello').finish();
    for (let length = 0; length < bytes.length; length += 1) {
      const reader = new HotRodReader(bytes.subarray(0, length));
      expect(() => {
        reader.variable();
        reader.text();
      }).toThrow(IncompleteFrame);
    }
  });

  it('refuse numbers that do not end and fields that nobody sends', () => {
    expect(() => new HotRodReader(Buffer.alloc(20, 0xff)).variable()).toThrow(MalformedFrame);
    expect(() => new HotRodReader(new HotRodWriter().variable(2 ** 40).finish()).bytes()).toThrow(MalformedFrame);
  });
});
