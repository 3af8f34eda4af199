import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fifo } from './fifo.ts';

it('does what an array does', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), value: fc.nat(99) }),
    fc.record({ kind: fc.constant('insert' as const), value: fc.nat(99) }),
    fc.constant({ kind: 'shift' as const }),
    fc.constant({ kind: 'unshift' as const }),
    fc.constant({ kind: 'keep' as const }),
    fc.constant({ kind: 'takeAll' as const }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new Fifo<number>();
      const array: number[] = [];
      for (const each of steps) {
        if (each.kind === 'push') {
          queue.push(each.value);
          array.push(each.value);
        } else if (each.kind === 'insert') {
          const index = each.value % (array.length + 1);
          queue.insert(index, each.value);
          array.splice(index, 0, each.value);
        } else if (each.kind === 'shift') expect(queue.shift()).toBe(array.shift());
        else if (each.kind === 'unshift') {
          queue.unshift([1, 2, 3]);
          array.unshift(1, 2, 3);
        } else if (each.kind === 'keep') {
          queue.keep((item) => item % 2 === 0);
          array.splice(0, array.length, ...array.filter((item) => item % 2 === 0));
        } else expect(queue.takeAll()).toEqual(array.splice(0));
        expect([...queue]).toEqual(array);
        expect([queue.length, queue.first, queue.last, queue.at(1), queue.at(-1)]).toEqual([
          array.length,
          array[0],
          array.at(-1),
          array[1],
          undefined,
        ]);
      }
    }),
  );
});
