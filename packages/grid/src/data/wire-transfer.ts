import { GridError } from '../errors.ts';
import type { ByteReader, ByteWriter } from '../protocol/wire.ts';
import type { Transfer, TransferRecord } from './messages.ts';
import { maxListed, readResult, readSegment, readShape, readWrite, writeResult, writeShape, writeWrite } from './wire-parts.ts';

const recordTypes = ['entry', 'result', 'mark'] as const;

export function writeTransfer(writer: ByteWriter, message: Transfer): void {
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

export function readTransfer(reader: ByteReader, epoch: number): Transfer {
  const transfer = reader.whole();
  const segment = readSegment(reader);
  const frame = reader.u32();
  const last = reader.u8() === 1;
  const count = reader.whole();
  const checksum = reader.u32();
  const length = reader.u16();
  if (length > maxListed) throw new GridError('GRID_MALFORMED_FRAME', `${length} records in one frame`);
  const records: TransferRecord[] = [];
  for (let index = 0; index < length; index++) {
    const code = reader.u8();
    const type = recordTypes[code];
    const cache = reader.u32();
    const shape = readShape(reader);
    // The store copies the value into a slab of its own; one more copy is memory outside the heap, which makes the collector hurry.
    if (type === 'entry') records.push({ type, cache, shape, write: readWrite(reader, true) });
    else if (type === 'mark')
      records.push({ type, cache, shape, origin: reader.whole(), incarnation: reader.whole(), mark: reader.whole() });
    else if (type === 'result')
      records.push({
        type,
        cache,
        shape,
        origin: reader.whole(),
        incarnation: reader.whole(),
        counter: reader.whole(),
        result: readResult(reader),
      });
    else throw new GridError('GRID_MALFORMED_FRAME', `transfer record of type ${code}`);
  }
  return { kind: 'transfer', epoch, transfer, segment, frame, records, last, count, checksum };
}
