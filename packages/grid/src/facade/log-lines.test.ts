import { describe, expect, it } from 'vitest';
import { gridLogCodes } from '../log-codes.ts';
import type { MemberRecord, Phase, ViewBody } from '../protocol/types.ts';
import { logLines } from './log-lines.ts';

const lines = logLines('ISPN', '1.2');

function member(id: number, labels: MemberRecord['labels'] = {}): MemberRecord {
  return { id, incarnation: id, name: `n${id}`, address: { host: '127.0.0.1', port: 7_800 + id }, labels, state: 'active' };
}

function view(epoch: number, members: readonly MemberRecord[], phase: Phase = 'STABLE'): ViewBody {
  return { timeline: 1, epoch, members, phase, table: [], target: null };
}

const said = (now: ViewBody, before: ViewBody | undefined) => lines.view(now, before).map(({ message }) => message);

describe('log lines of the cluster', () => {
  it('name every member with its site, rack and machine', () => {
    expect(said(view(3, [member(1, { site: 'a', rack: 'b', machine: 'c' }), member(2)]), undefined)).toEqual([
      'ISPN000094: Received new cluster view for channel ISPN: [n1(v=1.2, s=a, r=b, m=c)|3] (2) [n1(v=1.2, s=a, r=b, m=c), n2(v=1.2)]',
    ]);
  });

  it('say who came and who went, and which phase a rebalance is in', () => {
    expect(said(view(4, [member(1), member(3)], 'COPY'), view(3, [member(1), member(2)]))).toEqual([
      'ISPN000094: Received new cluster view for channel ISPN: [n1(v=1.2)|4] (2) [n1(v=1.2), n3(v=1.2)]',
      'ISPN100000: Node n3 joined the cluster',
      'ISPN100001: Node n2 left the cluster',
      'ISPN100002: Starting rebalance with members [n1, n3], phase READ_OLD_WRITE_ALL, topology id 4',
    ]);
    expect(said(view(5, [member(1)], 'SWITCH'), view(4, [member(1)], 'COPY'))).toEqual([
      'ISPN100002: Starting rebalance with members [n1], phase READ_NEW_WRITE_ALL, topology id 5',
    ]);
    expect(said(view(6, [member(1)]), view(5, [member(1)], 'SWITCH'))).toEqual([
      'ISPN100010: Finished rebalance with members [n1], topology id 6',
    ]);
  });

  it('are silent where nothing that operators look at changed', () => {
    expect(said(view(7, [member(1)]), view(6, [member(1)]))).toEqual([]);
  });

  it('give refusals the ids of JGroups where it has some', () => {
    expect(lines.refused(2, 'another cluster name').code).toBe('JGRP000012');
    expect(lines.refused(2, 'protocol version 7, version 1 is spoken here').code).toBe('JGRP000010');
    expect(lines.refused(2, 'not a member at the moment').level).toBe('debug');
  });

  it('carry the level of their declaration', () => {
    for (const line of [lines.starting('jdbc-ping'), lines.lost(3), lines.disconnecting()])
      expect(line.level).toBe(gridLogCodes[line.code as keyof typeof gridLogCodes].level);
  });
});
