/** One element of DER (X.690): where it begins, where its content begins, where it ends. */
export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

export class DerError extends Error {}

const MAX_LENGTH_BYTES = 4;

/** The element at an offset; it must end within `limit`. Lengths are definite and in their shortest form. */
export function readElement(bytes: Uint8Array, start: number, limit: number): DerElement {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined || start + 2 > limit) throw new DerError(`DER ends at ${start}`);
  if ((tag & 0x1f) === 0x1f) throw new DerError(`a long tag at ${start}`);
  let length = first;
  let contentStart = start + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > MAX_LENGTH_BYTES || contentStart + count > limit) throw new DerError(`a wrong length at ${start}`);
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[contentStart + index] ?? 0);
    contentStart += count;
    if (length < 0x80 || (count > 1 && length < 256 ** (count - 1))) throw new DerError(`a length that is not the shortest at ${start}`);
  }
  const end = contentStart + length;
  if (end > limit) throw new DerError(`an element that is longer than what holds it at ${start}`);
  return { tag, start, contentStart, end };
}

/** The elements inside an element, one after the other; nothing is kept, so a list of a million takes no memory. */
export function* childrenOf(bytes: Uint8Array, parent: DerElement): Generator<DerElement> {
  for (let at = parent.contentStart; at < parent.end; ) {
    const child = readElement(bytes, at, parent.end);
    yield child;
    at = child.end;
  }
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export function contentOf(bytes: Uint8Array, { contentStart, end }: DerElement): Uint8Array {
  return bytes.subarray(contentStart, end);
}

/** The element with its tag and length. */
export function wholeOf(bytes: Uint8Array, { start, end }: DerElement): Uint8Array {
  return bytes.subarray(start, end);
}

/** Epoch milliseconds of a UTCTime or GeneralizedTime in the only form that RFC 5280 section 4.1.2.5 allows. */
export function timeOf(bytes: Uint8Array, element: DerElement): number {
  const text = Buffer.from(contentOf(bytes, element)).toString('latin1');
  const pattern = element.tag === TAG.utcTime ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
  const parts = (element.tag === TAG.utcTime || element.tag === TAG.generalizedTime ? pattern.exec(text) : null)?.slice(1).map(Number);
  if (parts === undefined) throw new DerError(`a wrong time at ${element.start}`);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const full = element.tag === TAG.generalizedTime ? year : year >= 50 ? 1900 + year : 2000 + year;
  return Date.UTC(full, month - 1, day, hour, minute, second);
}

/** An object identifier in dots. */
export function oidOf(bytes: Uint8Array, element: DerElement): string {
  if (element.tag !== TAG.oid) throw new DerError(`no object identifier at ${element.start}`);
  const numbers: number[] = [];
  let value = 0;
  for (const byte of contentOf(bytes, element)) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new DerError(`an object identifier that is too large at ${element.start}`);
    if ((byte & 0x80) !== 0) continue;
    if (numbers.length === 0) {
      const root = Math.min(2, Math.floor(value / 40));
      numbers.push(root, value - root * 40);
    } else numbers.push(value);
    value = 0;
  }
  return numbers.join('.');
}

/** A serial number as hexadecimal digits without leading zeros, as `X509Certificate.serialNumber` has it. */
export function serialOf(bytes: Uint8Array, element: DerElement): string {
  if (element.tag !== TAG.integer) throw new DerError(`no serial number at ${element.start}`);
  return normalSerial(Buffer.from(contentOf(bytes, element)).toString('hex'));
}

export function normalSerial(hex: string): string {
  return hex.replace(/^0+(?=.)/, '').toUpperCase();
}
