import { GridError } from '../errors.ts';
import type { MemberId } from '../protocol/types.ts';
import { ByteReader, ByteWriter } from '../protocol/wire.ts';

const magic = 0x4b47_4644;
const version = 1;
const maxTextBytes = 512;

/** The most bytes that a question can have. */
export const maxQuestionBytes = 2 + 4 + 2 + 4 + maxTextBytes + 3 * 8;
export const yes = 1;
export const no = 0;

/** What a member that dials a port of failure detection wants to know: does this very life of this very member listen here? */
export interface DeathQuestion {
  readonly cluster: string;
  readonly to: MemberId;
  readonly incarnation: number;
  readonly from: MemberId;
}

/** Length first, two bytes. */
export function writeQuestion({ cluster, to, incarnation, from }: DeathQuestion): Uint8Array {
  const bytes = new ByteWriter(128).u16(0).u32(magic).u16(version).string(cluster).f64(to).f64(incarnation).f64(from).take();
  new DataView(bytes.buffer, bytes.byteOffset).setUint16(0, bytes.length - 2);
  return bytes;
}

/** The question, or undefined while bytes are missing. @throws GridError GRID_MALFORMED_FRAME for anything else. */
export function readQuestion(received: Uint8Array): DeathQuestion | undefined {
  if (received.length < 2) return undefined;
  const length = new ByteReader(received).u16();
  if (length + 2 > maxQuestionBytes || received.length > length + 2)
    throw new GridError('GRID_MALFORMED_FRAME', `a question of ${length} bytes, ${received.length} there`);
  if (received.length < length + 2) return undefined;
  const reader = new ByteReader(received.subarray(2, length + 2));
  if (reader.u32() !== magic || reader.u16() !== version) throw new GridError('GRID_MALFORMED_FRAME', 'no question of failure detection');
  const question = { cluster: reader.string(maxTextBytes), to: reader.f64(), incarnation: reader.f64(), from: reader.f64() };
  reader.end();
  return question;
}
