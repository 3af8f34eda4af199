import type { Random } from '../simulator/random.ts';

/** Values that lengths, counts and numbers are tried with. */
const words = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const numbers = [
  0,
  -0,
  -1,
  1,
  0.5,
  255,
  256,
  2 ** 31,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  1e300,
  -1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  5e-324,
];
const maxMutations = 4;
const maxGrownBytes = 64;

/**
 * Changes valid bytes in ways that matter to their structure: lengths and counts that lie, numbers that no counter can be, parts that are missing,
 * doubled or taken from another message. Between one and four changes, so that most of the message still holds and deep paths are reached.
 */
export function mutate(random: Random, valid: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer> = Uint8Array.from(valid);
  for (let left = 1 + Math.floor(random.next() * maxMutations); left > 0; left -= 1) bytes = change(random, bytes, other);
  return bytes;
}

function change(random: Random, bytes: Uint8Array<ArrayBuffer>, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = Math.floor(random.next() * bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (Math.floor(random.next() * 9)) {
    case 0:
      if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random.next() * 8));
      return bytes;
    case 1:
      if (bytes.length > 0) bytes[at] = Math.floor(random.next() * 256);
      return bytes;
    case 2:
      if (at + 4 <= bytes.length) view.setUint32(at, random.pick(words));
      return bytes;
    case 3:
      if (at + 8 <= bytes.length) view.setFloat64(at, random.pick(numbers));
      return bytes;
    case 4:
      if (at + 2 <= bytes.length) view.setUint16(at, random.pick(words) & 0xffff);
      return bytes;
    case 5:
      return bytes.slice(0, at);
    case 6:
      return concat(
        bytes,
        Uint8Array.from({ length: Math.ceil(random.next() * maxGrownBytes) }, () => random.next() * 256),
      );
    case 7: {
      // A part again, behind itself.
      const end = at + Math.floor(random.next() * (bytes.length - at));
      return concat(bytes.subarray(0, end), bytes.subarray(at));
    }
    default:
      return concat(bytes.subarray(0, at), other.subarray(Math.min(other.length, at)));
  }
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}
