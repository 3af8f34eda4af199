import { describe, expect, it } from 'vitest';
import type { ViewBody } from '../protocol/types.ts';
import { ByteReader, ByteWriter } from '../protocol/wire.ts';
import { nextTable } from '../table/next-table.ts';
import type { MembershipMessage } from './messages.ts';
import { readMembershipMessage, writeMembershipMessage } from './wire-messages.ts';

const members = [1, 7, 12].map((id) => ({
  id,
  incarnation: id,
  name: `node-${id}`,
  address: { host: '127.0.0.1', port: 7_800 + id },
  labels: { site: 'east', machine: `m${id}` },
  state: id === 12 ? ('joining' as const) : ('active' as const),
}));
const view: ViewBody = {
  timeline: 1,
  epoch: 9,
  members,
  phase: 'COPY',
  table: nextTable(undefined, members.slice(0, 2)),
  target: nextTable(undefined, members),
};
const messages: MembershipMessage[] = [
  { kind: 'heartbeat', epoch: 4, sentAtMs: 12.5, confirmed: 3, leaving: true, timeline: 3, heard: [1, 7] },
  { kind: 'heartbeatAnswer', epoch: 4, echoMs: 12.5, granted: true },
  { kind: 'view', view },
  { kind: 'view', view: { ...view, phase: 'STABLE', target: null } },
  { kind: 'view', view: { ...view, fall: { epoch: 8, gone: [3, 2 ** 40] } } },
  { kind: 'viewRequest', epoch: 2 ** 40 },
];

const encode = (message: MembershipMessage) => {
  const writer = new ByteWriter();
  writeMembershipMessage(writer, message);
  return writer.take();
};

describe('membership messages on the wire', () => {
  it.each(messages)('come back as they were: $kind', (message) => {
    expect(readMembershipMessage(new ByteReader(encode(message)))).toEqual(message);
  });

  it('are refused when cut off at any point or followed by more', () => {
    for (const message of messages) {
      const bytes = encode(message);
      for (let length = 0; length < bytes.length; length += bytes.length > 200 ? 97 : 1) {
        expect(() => readMembershipMessage(new ByteReader(bytes.subarray(0, length)))).toThrow('GRID_MALFORMED_FRAME');
      }
      expect(() => readMembershipMessage(new ByteReader(new Uint8Array([...bytes, 0])))).toThrow('GRID_MALFORMED_FRAME');
    }
  });
});
