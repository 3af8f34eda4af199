import { describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '../protocol/types.ts';
import { ByteWriter } from '../protocol/wire.ts';
import { type Hello, readHello, readRefusal, refusalOf, writeHello, writeRefusal } from './hello.ts';

const hello: Hello = { version: PROTOCOL_VERSION, cluster: 'ISPN', from: 3, incarnation: 3, name: 'n3', to: 1, lane: 'bulk' };
const expected = { cluster: 'ISPN', self: 1, incarnationOf: () => undefined };
const written = (value: Hello) => {
  const writer = new ByteWriter();
  writeHello(writer, value);
  return writer.take();
};

describe('hello', () => {
  it('survives the wire', () => {
    expect(readHello(written(hello))).toEqual(hello);
  });

  it('is refused for another version, cluster, addressee or incarnation, with a reason', () => {
    expect(refusalOf(hello, expected)).toBeUndefined();
    expect(refusalOf({ ...hello, version: 9 }, expected)).toContain('version 9');
    expect(refusalOf({ ...hello, cluster: 'other' }, expected)).toBe('another cluster name');
    expect(refusalOf({ ...hello, to: 2 }, expected)).toContain('member 2 is not here');
    expect(refusalOf({ ...hello, from: 1 }, expected)).toContain('member id');
    expect(refusalOf(hello, { ...expected, self: undefined })).toContain('not a member');
    expect(refusalOf(hello, { ...expected, incarnationOf: () => 4 })).toContain('incarnation');
  });

  it('is no hello when anything is missing, added or not the magic number', () => {
    const bytes = written(hello);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => readHello(bytes.subarray(0, length))).toThrow(/GRID_MALFORMED_FRAME/);
    expect(() => readHello(Uint8Array.of(...bytes, 0))).toThrow(/GRID_MALFORMED_FRAME/);
    expect(() => readHello(Uint8Array.of(0, ...bytes.subarray(1)))).toThrow(/no hello/);
  });

  it('shows a refusal without control characters', () => {
    const writer = new ByteWriter();
    writeRefusal(writer, 'bad\n\u001b[31m');
    expect(readRefusal(writer.take())).toBe('bad??[31m');
  });
});
