import { operation } from '../data/messages.ts';
import { segmentOf } from '../data/segment-hash.ts';
import type { Random } from './random.ts';
import { fieldsOf, type Host } from './workload.ts';

/** A look at a key: true times of call and return, and what it found; undefined = it never learned. */
interface Look {
  readonly calledAt: number;
  returnedAt: number;
  found: boolean | undefined;
}

interface ExpiringKey {
  readonly name: string;
  readonly cache: number;
  readonly kind: 'lifespan' | 'idle';
  readonly spanMs: number;
  readonly put: Look;
  readonly looks: Look[];
}

/** Of the clocks of members, and of a reader's own place in time. */
const boundMs = 250;
const keysInUse = 12;

const textEncoder = new TextEncoder();

/** Clients that put each key once, with a lifespan or an idle time, and look at it until it is gone (D9). */
export class ExpiringKeys {
  readonly #random: Random;
  readonly #keys: ExpiringKey[] = [];
  #stopped = false;

  constructor(random: Random) {
    this.#random = random;
  }

  get looks(): number {
    return this.#keys.reduce((sum, { looks }) => sum + looks.filter(({ found }) => found !== undefined).length, 0);
  }

  client(host: Host): void {
    const next = (): void => {
      if (this.#stopped) return;
      const again = (): void => host.after(this.#random.between(1, 400), next);
      if (this.#random.chance(0.15) || this.#keys.length === 0) this.#put(host, again);
      else this.#look(host, again);
    };
    host.after(this.#random.between(0, 50), next);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** One sentence for each look that saw what it must not, or did not see what it must. `cutoffMs`: when a segment may have been lost. */
  violations(owners: readonly number[], cutoffMs: (segment: number, owners: number, sinceMs: number) => number): string[] {
    return this.#keys.flatMap((key) => violationsOf(key, cutoffMs(segmentOf(key.name), owners[key.cache] ?? 2, key.put.calledAt)));
  }

  #put(host: Host, again: () => void): void {
    const kind = this.#random.chance(0.5) ? 'lifespan' : 'idle';
    const key: ExpiringKey = {
      name: `${kind}-${this.#keys.length}`,
      cache: Math.floor(this.#random.next() * host.data.caches.length),
      kind,
      spanMs: Math.round(this.#random.between(500, 8_000)),
      put: { calledAt: host.trueMs(), returnedAt: Number.POSITIVE_INFINITY, found: undefined },
      looks: [],
    };
    this.#keys.push(key);
    const span = kind === 'lifespan' ? { lifespanMs: key.spanMs } : { maxIdleMs: key.spanMs };
    const fields = { ...fieldsOf(operation.put, key.name, textEncoder.encode('v'), undefined), ...span };
    this.#submit(host, key, key.put, fields, again);
  }

  #look(host: Host, again: () => void): void {
    const key = this.#random.pick(this.#keys.slice(-keysInUse));
    const look: Look = { calledAt: host.trueMs(), returnedAt: Number.POSITIVE_INFINITY, found: undefined };
    key.looks.push(look);
    this.#submit(host, key, look, fieldsOf(operation.get, key.name, null, undefined), again);
  }

  #submit(host: Host, key: ExpiringKey, look: Look, fields: ReturnType<typeof fieldsOf>, again: () => void): void {
    const cache = host.data.caches[key.cache];
    if (cache === undefined) return;
    const ended = host.ended(again);
    host.data.core.submit(cache, segmentOf(key.name), fields, host.nowMs(), {
      ended(failure, result) {
        if (failure === undefined) {
          look.found = fields.operation === operation.get ? result.found : true;
          look.returnedAt = host.trueMs();
        }
        ended();
      },
    });
    host.data.core.flush();
  }
}

function violationsOf({ name, kind, spanMs, put, looks }: ExpiringKey, cutoffMs: number): string[] {
  // A put or a look that nobody learned the end of may take effect at any time: nothing can be said of what comes after.
  if (put.found === undefined) return [];
  const violations: string[] = [];
  const unknownFrom = Math.min(...looks.filter(({ found }) => found === undefined).map(({ calledAt }) => calledAt));
  for (const look of looks) {
    if (look.found === undefined || look.calledAt <= put.returnedAt) continue;
    const uses = kind === 'idle' ? looks.filter(({ found }) => found === true) : [];
    const before = uses.filter(({ returnedAt }) => returnedAt < look.calledAt);
    const usedSince = Math.max(put.calledAt, ...before.map(({ calledAt }) => calledAt));
    if (!look.found && look.returnedAt < usedSince + spanMs - boundMs && look.returnedAt < cutoffMs)
      violations.push(`${name} is gone ${(look.returnedAt - usedSince).toFixed(0)} ms after its last use, of ${spanMs} ms`);
    const around = uses.filter((use) => use !== look && use.calledAt < look.calledAt);
    const usedUntil = Math.max(put.returnedAt, ...around.map(({ returnedAt }) => returnedAt));
    const lastMs = usedUntil + spanMs * (kind === 'idle' ? 1.1 : 1) + boundMs;
    if (look.found && look.calledAt > lastMs && (kind === 'lifespan' || look.calledAt < unknownFrom))
      violations.push(`${name} is there ${(look.calledAt - usedUntil).toFixed(0)} ms after its last use, of ${spanMs} ms`);
  }
  return violations;
}
