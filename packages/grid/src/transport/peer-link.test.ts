import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { WireStream } from './carrier.ts';
import { Connection } from './connection.ts';
import { PeerLink } from './peer-link.ts';

const windowBytes = 65_536;

/** A connection over a stream that goes nowhere. */
function connection(): Connection {
  const stream = Object.assign(new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }), { destroySoon: () => {} });
  return new Connection(stream satisfies WireStream, windowBytes, { frame: () => {}, batchEnded: () => {}, closed: () => {} });
}

describe('two connections of one pair', () => {
  it('that were dialled at the same time leave the one that the smaller id opened', () => {
    const link = new PeerLink(7, 7, 3, 0);
    const [byPeer, bySelf] = [connection(), connection()];
    expect(link.install('control', byPeer, 7, 3, 1_000)).toBe(true);
    expect(link.install('control', bySelf, 3, 3, 1_100)).toBe(true);
    expect(byPeer.open).toBe(false);
    expect(link.install('control', connection(), 7, 3, 1_200)).toBe(false);
    expect(link.lanes.control.connection).toBe(bySelf);
  });

  it('leave the later one when the earlier had stood: whoever dials has lost it, and this side may never hear of that', () => {
    const link = new PeerLink(7, 7, 3, 0);
    const [old, fresh] = [connection(), connection()];
    expect(link.install('control', old, 3, 3, 1_000)).toBe(true);
    expect(link.install('control', fresh, 7, 3, 9_000)).toBe(true);
    expect(old.open).toBe(false);
    expect(link.lanes.control.connection).toBe(fresh);
  });
});
