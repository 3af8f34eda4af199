import { describe, expect, it } from 'vitest';
import { type Slot, slotUpdates } from './slot-cache.ts';

interface Row {
  readonly version: number;
}

const updates = slotUpdates<Row, Row>((current, next) => (next.version > current.version ? next : undefined));

/** Runs update functions one after the other on one key, as its primary does. */
function primary(current?: Slot<Row>) {
  let slot = current;
  return {
    get slot() {
      return slot;
    },
    run(name: string, argument?: unknown): unknown {
      const outcome = updates[name]?.(slot, argument, 0);
      if (outcome?.value !== 'keep') slot = outcome?.value as Slot<Row> | undefined;
      return outcome?.result;
    },
  };
}

describe('a slot of the session caches', () => {
  it('is filled by the holder of its ticket alone', () => {
    const at = primary();
    expect(at.run('ticket', 'a')).toEqual({ kind: 'ticket', ticket: 'a' });
    expect(at.run('fill', { ticket: 'b', value: { version: 1 } })).toBe(false);
    expect(at.run('fill', { ticket: 'a', value: { version: 1 } })).toBe(true);
    expect(at.slot).toEqual({ kind: 'live', value: { version: 1 } });
    expect(at.run('fill', { ticket: 'a', value: { version: 0 } })).toBe(false);
  });

  it('stays for the time that its cache was given, and no longer', () => {
    const brief = slotUpdates<Row, Row>(() => undefined, 5_000);
    const filled = brief['fill']?.({ kind: 'ticket', ticket: 'a' }, { ticket: 'a', value: { version: 1 } }, 0);
    expect(filled?.lifespanMs).toBe(5_000);
  });

  it('shares one ticket among loaders, and shows a live value instead of a ticket', () => {
    const at = primary();
    at.run('ticket', 'a');
    expect(at.run('ticket', 'b')).toEqual({ kind: 'ticket', ticket: 'a' });
    at.run('fill', { ticket: 'a', value: { version: 1 } });
    expect(at.run('ticket', 'c')).toEqual({ kind: 'live', value: { version: 1 } });
  });

  it('takes the ticket from a loader that may have read before a write', () => {
    for (const write of ['advance', 'suspend']) {
      const at = primary();
      at.run('ticket', 'a');
      at.run(write, { version: 2 });
      expect(at.run('fill', { ticket: 'a', value: { version: 1 } })).toBe(false);
      expect(at.slot?.kind).not.toBe('live');
    }
  });

  it('does not fill after its segment was lost, although the ticket is asked for anew', () => {
    const at = primary();
    expect(at.run('fill', { ticket: 'a', value: { version: 1 } })).toBe(false);
    at.run('ticket', 'b');
    expect(at.run('fill', { ticket: 'a', value: { version: 1 } })).toBe(false);
  });

  it('advances a live value to a newer one, never back, and never makes one', () => {
    const at = primary({ kind: 'live', value: { version: 2 } });
    expect(at.run('advance', { version: 1 })).toBe(false);
    expect(at.run('advance', { version: 3 })).toBe(true);
    expect(at.slot).toEqual({ kind: 'live', value: { version: 3 } });
    const empty = primary();
    expect(empty.run('advance', { version: 3 })).toBe(false);
    expect(empty.slot).toBeUndefined();
    const suspended = primary({ kind: 'suspended' });
    suspended.run('advance', { version: 3 });
    suspended.run('ticket', 'a');
    expect(suspended.slot).toEqual({ kind: 'suspended' });
  });
});
