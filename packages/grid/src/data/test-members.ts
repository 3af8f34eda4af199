import type { Cache, CacheOptions, GridHooks } from '../api.ts';
import { DataSide } from './data-side.ts';
import { everySegment } from './test-cluster.ts';

/** Data sides of a few members whose frames arrive in a microtask each: enough to test the promise edge. For unit tests. */
export class TestMembers {
  readonly sides: DataSide[] = [];
  nowMs = 1_000;
  readonly failures: string[] = [];
  /** Members that cannot prove their lease. */
  readonly fenced = new Set<number>();
  /** Members that nothing reaches any more. */
  readonly silent = new Set<number>();
  hooks: GridHooks | undefined;
  #epoch = 0;

  constructor(count: number) {
    for (let index = 0; index < count; index++) {
      const id = index + 1;
      const side = new DataSide({
        send: (to, _lane, message) => {
          if (this.silent.has(to)) return;
          queueMicrotask(() => {
            const core = this.sides[to - 1]?.core;
            core?.receive(id, message, this.nowMs);
            core?.flush();
          });
        },
        mayServe: () => !this.fenced.has(id),
        gridTimeMs: (nowMs) => nowMs,
        confirm: () => {},
        lost: () => {},
        nowMs: () => this.nowMs,
        memberName: (member) => `n${member}`,
        failed: (where, error) => void this.failures.push(`${where}: ${error instanceof Error ? error.message : String(error)}`),
        hooks: { operation: (start) => this.hooks?.operation?.(start) },
      });
      side.core.begin({ id, incarnation: id }, this.nowMs);
      this.sides.push(side);
    }
    this.install();
  }

  install(): void {
    this.#epoch += 1;
    const ids = this.sides.map((_, index) => index + 1);
    const members = ids.map((id) => ({
      id,
      incarnation: id,
      name: `n${id}`,
      address: { host: 'host', port: id },
      labels: {},
      state: 'active' as const,
    }));
    for (const side of this.sides)
      side.core.install(
        { timeline: 1, epoch: this.#epoch, members, phase: 'STABLE', table: everySegment(ids.slice(0, 3)), target: null },
        this.nowMs,
      );
  }

  /** The cache of that name on every member. */
  caches<V>(name: string, options: CacheOptions<V> = {}): [Cache<string, V>, Cache<string, V>, Cache<string, V>] {
    const [first, second, third] = this.sides.map((side) => side.cache<string, V>(name, options));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three members are wanted');
    return [first, second, third];
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const side of this.sides) side.core.tick(this.nowMs);
  }
}
