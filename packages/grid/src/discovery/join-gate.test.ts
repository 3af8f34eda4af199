import { describe, expect, it } from 'vitest';
import type { MemberRow } from '../authority/authority.ts';
import type { MemberRecord, ViewBody } from '../protocol/types.ts';
import { canonicalHost, isFound } from './address-match.ts';
import { JoinGate } from './join-gate.ts';

const own = { host: '10.0.0.9', port: 7_800 };
const record = (id: number): MemberRecord => ({
  id,
  incarnation: id,
  name: `n${id}`,
  address: { host: `10.0.0.${id}`, port: 7_800 },
  labels: {},
  state: 'active',
});
const view = (...ids: number[]): ViewBody => ({
  timeline: 1,
  epoch: 1,
  members: ids.map(record),
  phase: 'STABLE',
  table: [],
  target: null,
});
const rows = (beat: number, ...ids: number[]): MemberRow[] =>
  ids.map((id) => ({ ...record(id), state: 'alive', process: '', beat, heard: [] }));
const gate = (isProcessGone = () => false) => new JoinGate({ own, frozenMs: 4_400, isProcessGone });

describe('the gate before joining', () => {
  it('lets the first one in, also where only an earlier life of its own is listed', () => {
    expect(gate().judge(null, [], [], 0)).toEqual({ open: true, because: 'first' });
    expect(gate().judge(view(9), rows(0, 9), [], 0)).toEqual({ open: true, because: 'first' });
  });

  it('lets a starter in that finds a member, with the port or without one', () => {
    expect(gate().judge(view(1, 2), rows(0, 1, 2), [{ host: '10.0.0.2', port: 7_800 }], 0)).toEqual({ open: true, because: 'found' });
    expect(gate().judge(view(1, 2), rows(0, 1, 2), [{ host: '10.0.0.1' }], 0)).toEqual({ open: true, because: 'found' });
  });

  it('keeps a starter out that finds only others, as long as a member beats', () => {
    const at = gate();
    const found = [{ host: '10.0.0.2', port: 7_801 }, { host: '10.9.9.9' }];
    for (let second = 0; second < 60; second += 1) {
      const answer = at.judge(view(1, 2), rows(second, 1, 2), found, second * 1_000);
      expect(answer).toEqual({ open: false, missing: [record(1), record(2)] });
    }
  });

  it('lets a starter in once nobody who is listed can live: frozen for longer than a lease, revoked, gone', () => {
    const at = gate();
    expect(at.judge(view(1), rows(7, 1), [], 0).open).toBe(false);
    expect(at.judge(view(1), rows(7, 1), [], 4_300).open).toBe(false);
    expect(at.judge(view(1), rows(7, 1), [], 4_400)).toEqual({ open: true, because: 'only the dead are listed' });
    expect(gate(() => true).judge(view(1), rows(7, 1), [], 0).open).toBe(true);
    expect(gate().judge(view(1), [], [], 0).open).toBe(true);
  });

  it('counts anew after the database was away', () => {
    const at = gate();
    at.judge(view(1), rows(7, 1), [], 0);
    at.restart();
    expect(at.judge(view(1), rows(7, 1), [], 10_000).open).toBe(false);
  });
});

describe('addresses', () => {
  it('are compared by what they mean, not by how they are written', () => {
    expect(canonicalHost('FD00:0:0::1')).toBe('fd00::1');
    expect(canonicalHost('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(canonicalHost('Node-1.Example.')).toBe('node-1.example');
    expect(isFound({ host: 'fd00::1', port: 7_800 }, [{ host: 'fd00:0:0:0:0:0:0:1', port: 7_800 }])).toBe(true);
    expect(isFound({ host: 'fd00::1', port: 7_800 }, [{ host: 'fd00::1', port: 7_801 }])).toBe(false);
  });
});
