import { describe, expect, it } from 'vitest';
import { Entry } from './entry.ts';
import { internalWrite } from './pending-write.ts';
import { SieveOrder } from './sieve.ts';
import { ValueStore } from './value-store.ts';

const values = new ValueStore();
const entry = (): Entry => new Entry(internalWrite('tombstone', 'key', 0, 0), values);

describe('SIEVE', () => {
  it('takes the oldest that was not visited, and spares visited ones once', () => {
    const order = new SieveOrder(3);
    const entries = new Map(['a', 'b', 'c'].map((key) => [key, entry()] as const));
    for (const [key, each] of entries) order.add(each, key, 1);
    order.visit(entries.get('a') as Entry);
    expect(order.victim()).toEqual({ key: 'b', segment: 1 });
    order.remove(entries.get('b') as Entry);
    expect(order.victim()?.key).toBe('c');
    order.remove(entries.get('c') as Entry);
    expect(order.victim()?.key).toBe('a');
    order.remove(entries.get('a') as Entry);
    expect(order.victim()).toBeUndefined();
    expect(order.count).toBe(0);
  });

  it('reuses places', () => {
    const order = new SieveOrder(2);
    for (let round = 0; round < 100; round++) {
      const each = entry();
      order.add(each, `k${round}`, 0);
      expect(each.slot).toBeLessThan(1);
      order.remove(each);
    }
  });
});
