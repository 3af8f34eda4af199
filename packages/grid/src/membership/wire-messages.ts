import { GridError } from '../errors.ts';
import {
  MAX_OWNERS,
  type MemberId,
  type MemberRecord,
  type MemberState,
  type OwnerTable,
  type Phase,
  SEGMENTS,
  type ViewBody,
} from '../protocol/types.ts';
import type { ByteReader, ByteWriter } from '../protocol/wire.ts';
import type { MembershipMessage } from './messages.ts';

const kinds = { heartbeat: 1, heartbeatAnswer: 2, view: 3, viewRequest: 4 } as const;
const states: readonly MemberState[] = ['joining', 'active', 'leaving', 'revoked'];
const phases: readonly Phase[] = ['STABLE', 'COPY', 'SWITCH'];
const maxMembers = 64;
const maxTextBytes = 1_024;

/** Writes one message; the frame's kind says that it is one of membership. */
export function writeMembershipMessage(writer: ByteWriter, message: MembershipMessage): void {
  writer.u8(kinds[message.kind]);
  switch (message.kind) {
    case 'heartbeat':
      writer
        .f64(message.epoch)
        .f64(message.sentAtMs)
        .f64(message.confirmed)
        .u8(message.leaving ? 1 : 0)
        .f64(message.timeline);
      writeIds(writer, message.heard);
      break;
    case 'heartbeatAnswer':
      writer
        .f64(message.epoch)
        .f64(message.echoMs)
        .u8(message.granted ? 1 : 0);
      break;
    case 'view':
      writeView(writer, message.view);
      break;
    case 'viewRequest':
      writer.f64(message.epoch);
      break;
  }
}

/** Reads one message to the end; throws `GRID_MALFORMED_FRAME` for anything else. */
export function readMembershipMessage(reader: ByteReader): MembershipMessage {
  const message = readBody(reader);
  reader.end();
  return message;
}

function readBody(reader: ByteReader): MembershipMessage {
  const kind = reader.u8();
  switch (kind) {
    case kinds.heartbeat:
      return {
        kind: 'heartbeat',
        epoch: reader.whole(),
        sentAtMs: reader.time(),
        confirmed: reader.whole(),
        leaving: reader.u8() === 1,
        timeline: reader.whole(),
        heard: readIds(reader, maxMembers),
      };
    case kinds.heartbeatAnswer:
      return { kind: 'heartbeatAnswer', epoch: reader.whole(), echoMs: reader.time(), granted: reader.u8() === 1 };
    case kinds.view:
      return { kind: 'view', view: readView(reader) };
    case kinds.viewRequest:
      return { kind: 'viewRequest', epoch: reader.whole() };
    default:
      throw new GridError('GRID_MALFORMED_FRAME', `membership message of kind ${kind}`);
  }
}

function writeIds(writer: ByteWriter, ids: readonly MemberId[]): void {
  writer.u8(ids.length);
  for (const id of ids) writer.f64(id);
}

function readIds(reader: ByteReader, max: number): MemberId[] {
  const count = reader.u8();
  if (count > max) throw new GridError('GRID_MALFORMED_FRAME', `${count} members, at most ${max} allowed`);
  return Array.from({ length: count }, () => reader.whole());
}

function writeView(writer: ByteWriter, view: ViewBody): void {
  writer.f64(view.timeline).f64(view.epoch).u8(phases.indexOf(view.phase)).u8(view.members.length);
  for (const member of view.members) writeMember(writer, member);
  writeTable(writer, view.table);
  writer.u8(view.target === null ? 0 : 1);
  if (view.target !== null) writeTable(writer, view.target);
  writer.u8(view.fall === undefined ? 0 : 1);
  if (view.fall === undefined) return;
  writer.f64(view.fall.epoch);
  writeIds(writer, view.fall.gone);
}

function readView(reader: ByteReader): ViewBody {
  const timeline = reader.whole();
  const epoch = reader.whole();
  const phase = oneOf(phases, reader.u8());
  const count = reader.u8();
  if (count > maxMembers) throw new GridError('GRID_MALFORMED_FRAME', `${count} members, at most ${maxMembers} allowed`);
  const members = Array.from({ length: count }, () => readMember(reader));
  const table = readTable(reader);
  const target = reader.u8() === 0 ? null : readTable(reader);
  const fall = reader.u8() === 0 ? undefined : { epoch: reader.whole(), gone: readIds(reader, maxMembers) };
  return { timeline, epoch, members, phase, table, target, fall };
}

function writeMember(writer: ByteWriter, member: MemberRecord): void {
  writer.f64(member.id).f64(member.incarnation).string(member.name).string(member.address.host).u16(member.address.port);
  for (const label of [member.labels.site, member.labels.rack, member.labels.machine]) {
    writer.u8(label === undefined ? 0 : 1);
    if (label !== undefined) writer.string(label);
  }
  writer.u8(states.indexOf(member.state));
}

function readMember(reader: ByteReader): MemberRecord {
  const id = reader.whole();
  const incarnation = reader.whole();
  const name = reader.string(maxTextBytes);
  const address = { host: reader.string(maxTextBytes), port: reader.u16() };
  const label = () => (reader.u8() === 0 ? undefined : reader.string(maxTextBytes));
  const [site, rack, machine] = [label(), label(), label()];
  const labels = { ...(site !== undefined && { site }), ...(rack !== undefined && { rack }), ...(machine !== undefined && { machine }) };
  return { id, incarnation, name, address, labels, state: oneOf(states, reader.u8()) };
}

function writeTable(writer: ByteWriter, table: OwnerTable): void {
  for (let segment = 0; segment < SEGMENTS; segment += 1) writeIds(writer, table[segment] ?? []);
}

function readTable(reader: ByteReader): OwnerTable {
  return Array.from({ length: SEGMENTS }, () => readIds(reader, MAX_OWNERS));
}

function oneOf<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new GridError('GRID_MALFORMED_FRAME', `number ${index}, at most ${values.length - 1} allowed`);
  return value;
}
