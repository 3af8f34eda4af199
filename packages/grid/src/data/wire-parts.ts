import { GridError } from '../errors.ts';
import { SEGMENTS } from '../protocol/types.ts';
import type { ByteReader, ByteWriter } from '../protocol/wire.ts';
import { limits } from './limits.ts';
import type { CacheShape, OperationResult, Write } from './messages.ts';
import { noResult } from './messages.ts';

const transferFlag = 0x80;
const maxKeyBytes = limits.maxKeyLength * 3;
// Results and scan batches may be a little larger than one value.
const maxPayloadBytes = limits.maxValueBytes + 256 * 1_024;

export function writeShape(writer: ByteWriter, shape: CacheShape): void {
  writer.u8(shape.owners | (shape.stateTransfer ? transferFlag : 0));
}

// A handful of shapes exist; they are shared so that no frame allocates one.
const shapes = new Map<number, CacheShape>();

export function readShape(reader: ByteReader): CacheShape {
  const code = reader.u8();
  let shape = shapes.get(code);
  if (shape === undefined) {
    shape = Object.freeze({ owners: code & ~transferFlag, stateTransfer: (code & transferFlag) !== 0 });
    shapes.set(code, shape);
  }
  return shape;
}

export function writeKey(writer: ByteWriter, key: string): void {
  writer.string(key);
}

export function readKey(reader: ByteReader): string {
  return reader.string(maxKeyBytes);
}

export function writeResult(writer: ByteWriter, result: OperationResult): void {
  const versioned = result.epoch !== 0 || result.sequence !== 0;
  writer.u8((result.found ? 1 : 0) | (result.value === null ? 0 : 2) | (versioned ? 4 : 0));
  if (result.value !== null) writer.bytes(result.value);
  if (versioned) writer.f64(result.epoch).f64(result.sequence);
}

export function readResult(reader: ByteReader): OperationResult {
  const flags = reader.u8();
  if (flags === 0) return noResult;
  if (flags > 7) throw new GridError('GRID_MALFORMED_FRAME', `result flags ${flags}`);
  const value = (flags & 2) === 0 ? null : reader.bytes(maxPayloadBytes);
  const versioned = (flags & 4) !== 0;
  return { found: (flags & 1) !== 0, value, epoch: versioned ? reader.whole() : 0, sequence: versioned ? reader.whole() : 0 };
}

export function writeOptionalBytes(writer: ByteWriter, value: Uint8Array | null): void {
  writer.u8(value === null ? 0 : 1);
  if (value !== null) writer.bytes(value);
}

export function readOptionalBytes(reader: ByteReader): Uint8Array | null {
  return reader.u8() === 0 ? null : reader.bytes(maxPayloadBytes);
}

const writeTypes = ['value', 'tombstone', 'touch'] as const;

export function writeWrite(writer: ByteWriter, write: Write): void {
  const timed = write.expiresAt !== Number.POSITIVE_INFINITY || write.maxIdleMs !== 0;
  writer.u8(writeTypes.indexOf(write.type) | (write.value === null ? 0 : 4) | (timed ? 8 : 0));
  writeKey(writer, write.key);
  if (write.value !== null) writer.bytes(write.value);
  writer.f64(write.epoch).f64(write.sequence);
  if (timed) writer.f64(write.expiresAt).f64(write.maxIdleMs);
  writer.f64(write.lastUsed).f64(write.origin).f64(write.incarnation).f64(write.counter).f64(write.mark);
  writeResult(writer, write.result);
}

/** `inPlace`: the value is a view of the frame, for a reader that copies it during the call. */
export function readWrite(reader: ByteReader, inPlace = false): Write {
  const flags = reader.u8();
  const type = writeTypes[flags & 3];
  if (type === undefined || flags > 15) throw new GridError('GRID_MALFORMED_FRAME', `write flags ${flags}`);
  const key = readKey(reader);
  const value = (flags & 4) === 0 ? null : inPlace ? reader.view(maxPayloadBytes) : reader.bytes(maxPayloadBytes);
  const epoch = reader.whole();
  const sequence = reader.whole();
  const timed = (flags & 8) !== 0;
  const expiresAt = timed ? reader.time() : Number.POSITIVE_INFINITY;
  const maxIdleMs = timed ? reader.time() : 0;
  const lastUsed = reader.time();
  const origin = reader.whole();
  const incarnation = reader.whole();
  const counter = reader.whole();
  const mark = reader.whole();
  return {
    type,
    key,
    value,
    epoch,
    sequence,
    expiresAt,
    maxIdleMs,
    lastUsed,
    origin,
    incarnation,
    counter,
    mark,
    result: readResult(reader),
  };
}

/** Most records or writes that one frame lists. */
export const maxListed = 4_096;

export function readSegment(reader: ByteReader): number {
  const segment = reader.u16();
  if (segment >= SEGMENTS) throw new GridError('GRID_MALFORMED_FRAME', `segment ${segment}, at most ${SEGMENTS - 1} allowed`);
  return segment;
}

export function writeSegments(writer: ByteWriter, segments: readonly number[]): void {
  writer.u16(segments.length);
  for (const segment of segments) writer.u16(segment);
}

export function readSegments(reader: ByteReader): number[] {
  const count = reader.u16();
  if (count > SEGMENTS) throw new GridError('GRID_MALFORMED_FRAME', `${count} segments listed`);
  const segments: number[] = [];
  for (let index = 0; index < count; index++) segments.push(readSegment(reader));
  return segments;
}
