import type { CacheMode, CacheOptions, Codec, UpdateFunction } from '../api.ts';
import { GridError } from '../errors.ts';
import { MAX_OWNERS } from '../protocol/types.ts';
import type { EncodedUpdate } from './cache-state.ts';
import { pack, unpack } from './codec.ts';
import type { CacheShape } from './messages.ts';
import { everyMember, thisMember } from './messages.ts';

const modes: ReadonlySet<string> = new Set<CacheMode>(['distributed', 'replicated', 'local', 'invalidation']);

/** Mode, owners and transfer of a cache as the core wants them; refuses what would break an invariant. */
export function shapeOf<V>(name: string, options: CacheOptions<V>): CacheShape {
  const mode = options.mode ?? 'distributed';
  if (!modes.has(mode))
    throw new GridError('GRID_BAD_CONFIGURATION', `cache ${name}: mode is '${mode}', allowed are ${[...modes].join(', ')}`);
  const owners = mode === 'distributed' ? (options.owners ?? 2) : 1;
  if (!Number.isInteger(owners) || owners < 1 || owners > MAX_OWNERS) {
    throw new GridError('GRID_BAD_CONFIGURATION', `cache ${name}: owners is ${owners}, allowed are 1 to ${MAX_OWNERS}`);
  }
  const several = mode === 'replicated' || (mode === 'distributed' && owners > 1);
  if (options.maxCount !== undefined && several) {
    throw new GridError(
      'GRID_BAD_CONFIGURATION',
      `cache ${name}: maxCount is ${options.maxCount}, allowed only with one owner or mode local or invalidation, because eviction would leave stale copies`,
    );
  }
  if (options.maxCount !== undefined && !(Number.isInteger(options.maxCount) && options.maxCount >= 1)) {
    throw new GridError('GRID_BAD_CONFIGURATION', `cache ${name}: maxCount is ${options.maxCount}, a whole number of at least 1 is wanted`);
  }
  checkedSpan('lifespanMs', options.lifespanMs ?? -1);
  checkedSpan('maxIdleMs', options.maxIdleMs ?? -1);
  if (mode === 'replicated') return { owners: everyMember, stateTransfer: true };
  if (mode === 'distributed') return { owners, stateTransfer: options.stateTransfer ?? owners > 1 };
  return { owners: thisMember, stateTransfer: false };
}

const comparable = ['mode', 'owners', 'lifespanMs', 'maxIdleMs', 'maxCount', 'stateTransfer'] as const;

/** A cache is opened again, with options that are not those by which it was opened. */
export function refuseOtherOptions<V>(name: string, opened: CacheOptions<never>, options: CacheOptions<V>): void {
  for (const option of comparable) {
    if (options[option] === undefined || options[option] === opened[option]) continue;
    throw new GridError(
      'GRID_BAD_CONFIGURATION',
      `cache ${name}: ${option} is ${options[option]}, but it was opened with ${opened[option] ?? 'the default'}; open it once with all options`,
    );
  }
}

/** A lifespan or idle time as callers give it: -1 = none. */
export function checkedSpan(option: 'lifespanMs' | 'maxIdleMs', spanMs: number): number {
  if (spanMs === -1 || (spanMs >= 0 && spanMs <= Number.MAX_SAFE_INTEGER)) return spanMs;
  throw new GridError('GRID_BAD_ARGUMENT', `${option} is ${spanMs}, allowed are -1 (none) and milliseconds from 0 on`);
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
