import type { GridNode, View } from '@keygrid/grid';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { JgroupsPingRow, JgroupsPingStore } from '../store/stores.ts';

/** How often the coordinator rewrites `last_update`; whoever reads the table takes older rows than 60 s for dead. */
export const refreshMs = 30_000;

export interface JgroupsPingOptions {
  readonly grid: GridNode;
  readonly store: JgroupsPingStore;
  readonly clusterName: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs `work` again and again; in tests by hand. */
  readonly every?: ((intervalMs: number, work: () => void) => Disposable) | undefined;
}

/** The rows that table JGROUPS_PING should hold for a view. */
export function rowsOf(view: View, nowSeconds: number): JgroupsPingRow[] {
  const coordinatedBy = view.members.find((member) => member.coordinator)?.id ?? '';
  return view.members.map((member) => ({
    address: member.id,
    name: member.name,
    ip: member.address,
    coord: member.coordinator,
    coordinatedBy,
    lastUpdate: nowSeconds,
  }));
}

/**
 * Mirrors the view into table JGROUPS_PING, for operators and scripts that look there. The coordinator alone writes, one statement at a
 * time; nothing in this program reads the rows, so that a failure costs nothing but a warning and the next turn.
 */
export function mirrorJgroupsPing({ grid, store, clusterName, clock, logger, every = interval }: JgroupsPingOptions): Disposable {
  let writing: Promise<void> | undefined;
  let again = false;

  async function write(): Promise<void> {
    try {
      await store.replace(clusterName, rowsOf(grid.view, clock.nowSeconds()));
    } catch (error) {
      logger.warn('table JGROUPS_PING could not be brought up to date', { error });
    }
  }

  function refresh(): void {
    if (!grid.view.members.some((member) => member.self && member.coordinator)) return;
    if (writing !== undefined) {
      again = true;
      return;
    }
    writing = write().finally(() => {
      writing = undefined;
      if (again) {
        again = false;
        refresh();
      }
    });
  }

  const subscriptions = new DisposableStack();
  subscriptions.use(grid.on('view', refresh));
  subscriptions.use(every(refreshMs, refresh));
  refresh();
  return subscriptions;
}

function interval(intervalMs: number, work: () => void): Disposable {
  const timer = setInterval(work, intervalMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
