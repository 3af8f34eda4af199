import { GridError } from '../errors.ts';
import { ByteReader, ByteWriter } from '../protocol/wire.ts';
import { limits } from './limits.ts';
import type { DataMessage, OperationCode, Reply, Request, StatusCode, TailWrite } from './messages.ts';
import {
  maxListed,
  readKey,
  readOptionalBytes,
  readResult,
  readSegment,
  readSegments,
  readShape,
  readWrite,
  writeKey,
  writeOptionalBytes,
  writeResult,
  writeSegments,
  writeShape,
  writeWrite,
} from './wire-parts.ts';
import { readTransfer, writeTransfer } from './wire-transfer.ts';

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

/** Writes `message` behind whatever the writer holds already (a frame header, a batch). */
export function writeDataMessage(writer: ByteWriter, message: DataMessage): void {
  writer.u8(kinds.indexOf(message.kind)).f64(message.epoch);
  switch (message.kind) {
    case 'request':
      writeRequest(writer, message);
      return;
    case 'reply':
      writer.f64(message.counter).u16(message.attempt).u8(message.status);
      writeResult(writer, message.result);
      return;
    case 'replicate':
      writer.f64(message.number).u32(message.cache);
      writeShape(writer, message.shape);
      writer.u16(message.segment).f64(message.committedEpoch).f64(message.committedSequence);
      writeWrite(writer, message.write);
      return;
    case 'acknowledge':
      writer.f64(message.upTo);
      return;
    case 'tailAsk':
      writeSegments(writer, message.segments);
      return;
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
      writeTransfer(writer, message);
      return;
    case 'topic':
      writer.string(message.topic).f64(message.incarnation).f64(message.number).bytes(message.payload);
      return;
    case 'topicAcknowledge':
      writer.string(message.topic).f64(message.incarnation).f64(message.number).bytes(message.answer);
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
  const epoch = reader.whole();
  switch (kind) {
    case 'request':
      return readRequest(reader, epoch);
    case 'reply':
      return readReply(reader, epoch);
    case 'replicate': {
      const number = reader.whole();
      const cache = reader.u32();
      const shape = readShape(reader);
      const segment = readSegment(reader);
      const committedEpoch = reader.whole();
      const committedSequence = reader.whole();
      return { kind, epoch, number, cache, shape, segment, committedEpoch, committedSequence, write: readWrite(reader) };
    }
    case 'acknowledge':
      return { kind, epoch, upTo: reader.whole() };
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
        transfer: reader.whole(),
        segment: readSegment(reader),
        fromOwners: reader.u8(),
        toOwners: reader.u8(),
        replicated: reader.u8() === 1,
        granted: reader.whole(),
      };
    case 'transfer':
      return readTransfer(reader, epoch);
    case 'topic':
      return {
        kind,
        epoch,
        topic: reader.string(256),
        incarnation: reader.whole(),
        number: reader.whole(),
        payload: reader.bytes(limits.maxValueBytes),
      };
    case 'topicAcknowledge':
      return {
        kind,
        epoch,
        topic: reader.string(256),
        incarnation: reader.whole(),
        number: reader.whole(),
        answer: reader.bytes(limits.maxValueBytes),
      };
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
  const incarnation = reader.whole();
  const counter = reader.whole();
  const attempt = reader.u16();
  const mark = reader.whole();
  const globalMark = reader.whole();
  const key = readKey(reader);
  const value = readOptionalBytes(reader);
  const flags = reader.u8();
  const lifespanMs = (flags & 1) === 0 ? -1 : reader.time();
  const maxIdleMs = (flags & 1) === 0 ? -1 : reader.time();
  const ifEpoch = (flags & 2) === 0 ? 0 : reader.whole();
  const ifSequence = (flags & 2) === 0 ? 0 : reader.whole();
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
  const counter = reader.whole();
  const attempt = reader.u16();
  const code = reader.u8();
  if (code < 1 || code > 7) throw new GridError('GRID_MALFORMED_FRAME', `status ${code}`);
  return { kind: 'reply', epoch, counter, attempt, status: code as StatusCode, result: readResult(reader) };
}
