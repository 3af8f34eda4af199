import { GridError } from '../errors.ts';
import { SEGMENTS } from '../protocol/types.ts';
import { ByteReader, ByteWriter } from '../protocol/wire.ts';
import { limits } from './limits.ts';
import type { DataMessage, OperationCode, Reply, Request, StatusCode, TailWrite, Transfer, TransferRecord } from './messages.ts';
import {
  readKey,
  readOptionalBytes,
  readResult,
  readShape,
  readWrite,
  writeKey,
  writeOptionalBytes,
  writeResult,
  writeShape,
  writeWrite,
} from './wire-parts.ts';

// Kind numbers of the wire, in the order in which they were given; never renumber.
const kinds = [
  'request',
  'reply',
  'replicate',
  'acknowledge',
  'tailAsk',
  'tailAnswer',
  'pull',
  'transfer',
  'topic',
  'topicAcknowledge',
] as const;
const maxListed = 4_096;

/** Writes `message` behind whatever the writer holds already (a frame header, a batch). */
export function writeDataMessage(writer: ByteWriter, message: DataMessage): void {
  writer.u8(kinds.indexOf(message.kind)).f64(message.epoch);
  switch (message.kind) {
    case 'request':
      return writeRequest(writer, message);
    case 'reply':
      writer.f64(message.counter).u16(message.attempt).u8(message.status);
      return writeResult(writer, message.result);
    case 'replicate':
      writer.f64(message.number).u32(message.cache);
      writeShape(writer, message.shape);
      writer.u16(message.segment).f64(message.committedEpoch).f64(message.committedSequence);
      return writeWrite(writer, message.write);
    case 'acknowledge':
      writer.f64(message.upTo);
      return;
    case 'tailAsk':
      return writeSegments(writer, message.segments);
    case 'tailAnswer':
      writeSegments(writer, message.segments);
      writer.u16(message.writes.length);
      for (const tail of message.writes) {
        writer.u32(tail.cache);
        writeShape(writer, tail.shape);
        writer.u16(tail.segment);
        writeWrite(writer, tail.write);
      }
      return;
    case 'pull':
      writer
        .f64(message.transfer)
        .u16(message.segment)
        .u8(message.fromOwners)
        .u8(message.toOwners)
        .u8(message.replicated ? 1 : 0)
        .f64(message.granted);
      return;
    case 'transfer':
      return writeTransfer(writer, message);
    case 'topic':
      writer.string(message.topic).f64(message.incarnation).f64(message.number).bytes(message.payload);
      return;
    case 'topicAcknowledge':
      writer.string(message.topic).f64(message.incarnation).f64(message.number);
      return;
  }
}

const scratch = new ByteWriter(4_096);

/** The message as bytes of its own. */
export function encodeDataMessage(message: DataMessage): Uint8Array<ArrayBuffer> {
  writeDataMessage(scratch, message);
  return scratch.take();
}

/** Throws `GridError('GRID_MALFORMED_FRAME')` on anything but one whole message. */
export function decodeDataMessage(bytes: Uint8Array): DataMessage {
  const reader = new ByteReader(bytes);
  const message = readDataMessage(reader);
  reader.end();
  return message;
}

/** Reads one message; copies what it keeps, so that the socket's chunk is free afterwards. */
export function readDataMessage(reader: ByteReader): DataMessage {
  const code = reader.u8();
  const kind = kinds[code];
  const epoch = reader.f64();
  switch (kind) {
    case 'request':
      return readRequest(reader, epoch);
    case 'reply':
      return readReply(reader, epoch);
    case 'replicate': {
      const number = reader.f64();
      const cache = reader.u32();
      const shape = readShape(reader);
      const segment = readSegment(reader);
      const committedEpoch = reader.f64();
      const committedSequence = reader.f64();
      return { kind, epoch, number, cache, shape, segment, committedEpoch, committedSequence, write: readWrite(reader) };
    }
    case 'acknowledge':
      return { kind, epoch, upTo: reader.f64() };
    case 'tailAsk':
      return { kind, epoch, segments: readSegments(reader) };
    case 'tailAnswer': {
      const segments = readSegments(reader);
      const count = reader.u16();
      if (count > maxListed) throw new GridError('GRID_MALFORMED_FRAME', `${count} writes in one answer`);
      const writes: TailWrite[] = [];
      for (let index = 0; index < count; index++)
        writes.push({ cache: reader.u32(), shape: readShape(reader), segment: readSegment(reader), write: readWrite(reader) });
      return { kind, epoch, segments, writes };
    }
    case 'pull':
      return {
        kind,
        epoch,
        transfer: reader.f64(),
        segment: readSegment(reader),
        fromOwners: reader.u8(),
        toOwners: reader.u8(),
        replicated: reader.u8() === 1,
        granted: reader.f64(),
      };
    case 'transfer':
      return readTransfer(reader, epoch);
    case 'topic':
      return {
        kind,
        epoch,
        topic: reader.string(256),
        incarnation: reader.f64(),
        number: reader.f64(),
        payload: reader.bytes(limits.maxValueBytes),
      };
    case 'topicAcknowledge':
      return { kind, epoch, topic: reader.string(256), incarnation: reader.f64(), number: reader.f64() };
    default:
      throw new GridError('GRID_MALFORMED_FRAME', `data message of kind ${code}`);
  }
}

function writeRequest(writer: ByteWriter, request: Request): void {
  writer.u32(request.cache);
  writeShape(writer, request.shape);
  writer
    .u16(request.segment)
    .u8(request.operation)
    .f64(request.incarnation)
    .f64(request.counter)
    .u16(request.attempt)
    .f64(request.mark)
    .f64(request.globalMark);
  writeKey(writer, request.key);
  writeOptionalBytes(writer, request.value);
  const timed = request.lifespanMs !== -1 || request.maxIdleMs !== -1;
  const versioned = request.ifEpoch !== 0 || request.ifSequence !== 0;
  writer.u8((timed ? 1 : 0) | (versioned ? 2 : 0) | (request.update === '' ? 0 : 4));
  if (timed) writer.f64(request.lifespanMs).f64(request.maxIdleMs);
  if (versioned) writer.f64(request.ifEpoch).f64(request.ifSequence);
  if (request.update !== '') writer.string(request.update);
}

function readRequest(reader: ByteReader, epoch: number): Request {
  const cache = reader.u32();
  const shape = readShape(reader);
  const segment = readSegment(reader);
  const code = reader.u8();
  if (code < 1 || code > 12) throw new GridError('GRID_MALFORMED_FRAME', `operation ${code}`);
  const incarnation = reader.f64();
  const counter = reader.f64();
  const attempt = reader.u16();
  const mark = reader.f64();
  const globalMark = reader.f64();
  const key = readKey(reader);
  const value = readOptionalBytes(reader);
  const flags = reader.u8();
  const lifespanMs = (flags & 1) === 0 ? -1 : reader.f64();
  const maxIdleMs = (flags & 1) === 0 ? -1 : reader.f64();
  const ifEpoch = (flags & 2) === 0 ? 0 : reader.f64();
  const ifSequence = (flags & 2) === 0 ? 0 : reader.f64();
  const update = (flags & 4) === 0 ? '' : reader.string(256);
  return {
    kind: 'request',
    epoch,
    cache,
    shape,
    segment,
    operation: code as OperationCode,
    incarnation,
    counter,
    attempt,
    mark,
    globalMark,
    key,
    value,
    lifespanMs,
    maxIdleMs,
    ifEpoch,
    ifSequence,
    update,
  };
}

function readReply(reader: ByteReader, epoch: number): Reply {
  const counter = reader.f64();
  const attempt = reader.u16();
  const code = reader.u8();
  if (code < 1 || code > 6) throw new GridError('GRID_MALFORMED_FRAME', `status ${code}`);
  return { kind: 'reply', epoch, counter, attempt, status: code as StatusCode, result: readResult(reader) };
}

function readSegment(reader: ByteReader): number {
  const segment = reader.u16();
  if (segment >= SEGMENTS) throw new GridError('GRID_MALFORMED_FRAME', `segment ${segment}, at most ${SEGMENTS - 1} allowed`);
  return segment;
}

function writeSegments(writer: ByteWriter, segments: readonly number[]): void {
  writer.u16(segments.length);
  for (const segment of segments) writer.u16(segment);
}

function readSegments(reader: ByteReader): number[] {
  const count = reader.u16();
  if (count > SEGMENTS) throw new GridError('GRID_MALFORMED_FRAME', `${count} segments listed`);
  const segments: number[] = [];
  for (let index = 0; index < count; index++) segments.push(readSegment(reader));
  return segments;
}

const recordTypes = ['entry', 'result', 'mark'] as const;

function writeTransfer(writer: ByteWriter, message: Transfer): void {
  writer
    .f64(message.transfer)
    .u16(message.segment)
    .u32(message.frame)
    .u8(message.last ? 1 : 0)
    .f64(message.count)
    .u32(message.checksum);
  writer.u16(message.records.length);
  for (const record of message.records) {
    writer.u8(recordTypes.indexOf(record.type)).u32(record.cache);
    writeShape(writer, record.shape);
    if (record.type === 'entry') writeWrite(writer, record.write);
    else {
      writer.f64(record.origin).f64(record.incarnation);
      if (record.type === 'mark') writer.f64(record.mark);
      else {
        writer.f64(record.counter);
        writeResult(writer, record.result);
      }
    }
  }
}

function readTransfer(reader: ByteReader, epoch: number): Transfer {
  const transfer = reader.f64();
  const segment = readSegment(reader);
  const frame = reader.u32();
  const last = reader.u8() === 1;
  const count = reader.f64();
  const checksum = reader.u32();
  const length = reader.u16();
  if (length > maxListed) throw new GridError('GRID_MALFORMED_FRAME', `${length} records in one frame`);
  const records: TransferRecord[] = [];
  for (let index = 0; index < length; index++) {
    const code = reader.u8();
    const type = recordTypes[code];
    const cache = reader.u32();
    const shape = readShape(reader);
    if (type === 'entry') records.push({ type, cache, shape, write: readWrite(reader) });
    else if (type === 'mark') records.push({ type, cache, shape, origin: reader.f64(), incarnation: reader.f64(), mark: reader.f64() });
    else if (type === 'result')
      records.push({
        type,
        cache,
        shape,
        origin: reader.f64(),
        incarnation: reader.f64(),
        counter: reader.f64(),
        result: readResult(reader),
      });
    else throw new GridError('GRID_MALFORMED_FRAME', `transfer record of type ${code}`);
  }
  return { kind: 'transfer', epoch, transfer, segment, frame, records, last, count, checksum };
}
