import { callerLoop } from '../caller-loop.ts';
import { KEYS, type RunAnswer, VALUE_BYTES } from '../protocol.ts';
import type { RivalOperation } from './rival.ts';

/** What a store must offer to be measured. */
export interface Store {
  get(key: string): Promise<unknown>;
  put(key: string, value: Buffer): Promise<unknown>;
  /** Undefined or null if there was nothing. */
  take(key: string): Promise<unknown>;
}

const value = Buffer.alloc(VALUE_BYTES, 1);
const keys = Array.from({ length: KEYS }, (_, index) => `7c9e6679-7425-40de-944b-${String(index).padStart(12, '0')}`);

/** The same closed loop as for the grid, in this process. */
export async function storeLoop(store: Store, operation: RivalOperation, callers: number, seconds: number): Promise<RunAnswer> {
  if (operation === 'get') for (const key of keys) await store.put(key, value);
  const key = (index: number): string => keys[index % KEYS] as string;
  const run = {
    get: (index: number) => store.get(key(index)),
    put: (index: number) => store.put(key(index), value),
    take: async (index: number) => {
      await store.put(`${key(index)}-${index}`, value);
      if ((await store.take(`${key(index)}-${index}`)) == null) throw new Error('the value is gone');
    },
  }[operation];
  return callerLoop({ name: operation, run }, callers, seconds);
}
