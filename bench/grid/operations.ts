import type { Cache, CacheOptions, GridNode } from '@keygrid/grid';
import type { BareRpc } from './bare-rpc.ts';
import { KEYS, SHORT_BYTES, VALUE_BYTES } from './protocol.ts';

export interface GridOperation {
  readonly name: string;
  /** Fills what the operation reads. */
  prepare?(): Promise<unknown>;
  run(index: number): Promise<unknown>;
}

/** Values go through as they are: the codec belongs to the program that embeds the grid. */
const bytes: CacheOptions<Uint8Array> = { codec: { encode: (value) => value, decode: (value) => value } };
const counters: CacheOptions<number> = {
  owners: 2,
  updates: { add: (current, argument) => ({ value: (current ?? 0) + Number(argument), result: (current ?? 0) + Number(argument) }) },
};

export interface BenchCaches {
  readonly byOwners: readonly Cache<string, Uint8Array>[];
  readonly counters: Cache<string, number>;
}

/** Opened alike on every member. */
export function openCaches(grid: GridNode): BenchCaches {
  return {
    byOwners: [1, 2, 3].map((owners) => grid.cache<string, Uint8Array>(`owners-${owners}`, { ...bytes, owners })),
    counters: grid.cache<string, number>('counters', counters),
  };
}

const FILLED_AT_ONCE = 256;
const keyOf = (index: number): string => `7c9e6679-7425-40de-944b-${String(index).padStart(12, '0')}`;

function anyKeys(): string[] {
  return Array.from({ length: KEYS }, (_, index) => keyOf(index));
}

/** Keys like session ids whose primary is (not) this member; in a cluster of one all are local, and of the others there are none. */
function keysOf(cache: Cache<string, unknown>, local: boolean): string[] {
  const keys: string[] = [];
  for (let index = 0; keys.length < KEYS && index < KEYS * 64; index += 1) {
    const key = keyOf(index);
    if (cache.isPrimary(key) === local) keys.push(key);
  }
  return keys;
}

/** Everything that is measured, as the first member runs it. */
export function gridOperations({ byOwners, counters: counting }: BenchCaches, bare: BareRpc): readonly GridOperation[] {
  const [one, two, three] = byOwners as readonly [Cache<string, Uint8Array>, Cache<string, Uint8Array>, Cache<string, Uint8Array>];
  const value = new Uint8Array(VALUE_BYTES).fill(1);
  const short = new Uint8Array(SHORT_BYTES);
  const long = new Uint8Array(SHORT_BYTES + VALUE_BYTES);
  const [remote, local, mixed] = [keysOf(two, false), keysOf(two, true), anyKeys()];
  const away = (index: number): string => remote[index % KEYS] as string;
  const here = (index: number): string => local[index % KEYS] as string;
  const anywhere = (index: number): string => mixed[index % mixed.length] as string;
  const cursors = new Array<string | undefined>(64).fill(undefined);
  const fill = (keys: readonly string[]) => async () => {
    for (let start = 0; start < keys.length; start += FILLED_AT_ONCE)
      await Promise.all(keys.slice(start, start + FILLED_AT_ONCE).map((key) => two.put(key, value)));
  };
  return [
    { name: 'bare RPC of a get', run: () => bare.call(short, SHORT_BYTES + VALUE_BYTES, false) },
    { name: 'bare RPC of a put, one hop', run: () => bare.call(long, SHORT_BYTES, false) },
    { name: 'bare RPC of a put, relayed to a third', run: () => bare.call(long, SHORT_BYTES, true) },
    { name: 'bare RPC of a put, on the ways of writes', run: (index) => bare.callSpread(long, SHORT_BYTES, index) },
    { name: 'get, remote primary', prepare: fill(remote), run: (index) => two.get(away(index)) },
    { name: 'get, own primary', prepare: fill(local), run: (index) => two.get(here(index)) },
    { name: 'put, 1 owner, remote', run: (index) => one.put(away(index), value) },
    { name: 'put, 2 owners, remote primary', run: (index) => two.put(away(index), value) },
    { name: 'put, 3 owners, remote primary', run: (index) => three.put(away(index), value) },
    { name: 'update function, 2 owners', run: (index) => counting.update(away(index), 'add', 1) },
    {
      name: 'put and getAndRemove, 2 owners',
      run: async (index) => {
        // A key of its own for each call: of two racing callers one would get nothing.
        const key = `${away(index)}-${index}`;
        await two.put(key, value);
        if ((await two.getAndRemove(key)) === undefined) throw new Error('the value is gone');
      },
    },
    {
      name: 'iteration, a page of 200 entries',
      prepare: fill([...remote, ...local]),
      run: async (index) => {
        // Each caller walks on from where the page before ended, and begins again behind the last one.
        const slot = index % cursors.length;
        const { cursor } = await two.scan({ cursor: cursors[slot], limit: 200 });
        cursors[slot] = cursor;
      },
    },
    { name: 'get, any primary', prepare: fill([...remote, ...local]), run: (index) => two.get(anywhere(index)) },
    { name: 'put, 2 owners, any primary', run: (index) => two.put(anywhere(index), value) },
    {
      name: 'mixed, 90 get : 10 put, 2 owners, any primary',
      prepare: fill([...remote, ...local]),
      run: (index) => (index % 10 === 0 ? two.put(anywhere(index), value) : two.get(anywhere(index))),
    },
  ];
}

/** In the order of the table. */
export const operationNames: readonly string[] = [
  'bare RPC of a get',
  'bare RPC of a put, one hop',
  'bare RPC of a put, relayed to a third',
  'bare RPC of a put, on the ways of writes',
  'get, remote primary',
  'get, own primary',
  'put, 1 owner, remote',
  'put, 2 owners, remote primary',
  'put, 3 owners, remote primary',
  'update function, 2 owners',
  'put and getAndRemove, 2 owners',
  'iteration, a page of 200 entries',
  'mixed, 90 get : 10 put, 2 owners, any primary',
];
