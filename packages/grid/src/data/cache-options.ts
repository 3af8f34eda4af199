import type { CacheOptions, Codec, UpdateFunction } from '../api.ts';
import { GridError } from '../errors.ts';
import { MAX_OWNERS } from '../protocol/types.ts';
import type { EncodedUpdate } from './cache-state.ts';
import { pack, unpack } from './codec.ts';
import type { CacheShape } from './messages.ts';
import { everyMember, thisMember } from './messages.ts';

/** Mode, owners and transfer of a cache as the core wants them; refuses what would break an invariant. */
export function shapeOf<V>(name: string, options: CacheOptions<V>): CacheShape {
  const mode = options.mode ?? 'distributed';
  const owners = mode === 'distributed' ? (options.owners ?? 2) : 1;
  if (!Number.isInteger(owners) || owners < 1 || owners > MAX_OWNERS) {
    throw new GridError('GRID_BAD_CONFIGURATION', `cache ${name}: owners is ${owners}, allowed are 1 to ${MAX_OWNERS}`);
  }
  const several = mode === 'replicated' || (mode === 'distributed' && owners > 1);
  if (options.maxCount !== undefined && several) {
    throw new GridError(
      'GRID_BAD_CONFIGURATION',
      `cache ${name}: maxCount is ${options.maxCount}, allowed only with one owner or mode local, because eviction would leave stale copies`,
    );
  }
  if (options.maxCount !== undefined && !(options.maxCount >= 1)) {
    throw new GridError('GRID_BAD_CONFIGURATION', `cache ${name}: maxCount is ${options.maxCount}, at least 1 is wanted`);
  }
  if (mode === 'replicated') return { owners: everyMember, stateTransfer: true };
  if (mode === 'distributed') return { owners, stateTransfer: options.stateTransfer ?? owners > 1 };
  return { owners: thisMember, stateTransfer: false };
}

/** Update functions over bytes. A function sees decoded values and never the clock. */
export function encodeUpdates<V>(
  updates: Readonly<Record<string, UpdateFunction<V>>> | undefined,
  codec: Codec<V>,
): ReadonlyMap<string, EncodedUpdate> | undefined {
  if (updates === undefined) return undefined;
  const encoded = new Map<string, EncodedUpdate>();
  for (const [name, run] of Object.entries(updates)) {
    encoded.set(name, (current, argument, gridNowMs) => {
      const outcome = run(
        current === null ? undefined : codec.decode(current),
        argument === null ? undefined : unpack(argument),
        gridNowMs,
      );
      const result = pack(outcome.result);
      if (outcome.value === 'keep') return { action: 'keep', value: null, result };
      if (outcome.value === undefined) return { action: 'remove', value: null, result };
      return { action: 'put', value: codec.encode(outcome.value), result, lifespanMs: outcome.lifespanMs };
    });
  }
  return encoded;
}
