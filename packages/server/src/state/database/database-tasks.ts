import type { ClusterTasks } from '../../cache/contracts.ts';
import type { Logger } from '../../observability/logger.ts';
import type { ClusterTaskStore } from '../../store/shared-state.ts';

export interface DatabaseTasksOptions {
  readonly store: ClusterTaskStore;
  readonly nodeId: string;
  /** While true nothing is started, and what runs is aborted. */
  readonly fenced: () => boolean;
  readonly every: (intervalMs: number, tick: () => void) => Disposable;
  readonly logger: Logger;
}

/** Every node asks that often in one interval whether the task is due. */
const questionsPerInterval = 4;
const shortestTickMs = 25;

/** Tasks that run on the one node that claims them in table cluster_task; a claim that is not kept up ends after one interval. */
export function createDatabaseTasks({ store, nodeId, fenced, every, logger }: DatabaseTasksOptions): ClusterTasks {
  return {
    schedule(name, intervalMs, task) {
      let running: AbortController | undefined;
      const run = async (): Promise<void> => {
        const controller = new AbortController();
        running = controller;
        try {
          if (await store.claim(name, nodeId, intervalMs)) await task(controller.signal);
        } catch (error) {
          if (!controller.signal.aborted) logger.warn(`task '${name}' failed`, { error });
        } finally {
          running = undefined;
        }
      };
      const keep = async (controller: AbortController): Promise<void> => {
        const kept = !fenced() && (await store.keep(name, nodeId, intervalMs).catch(() => false));
        if (!kept) controller.abort();
      };
      const timer = every(Math.max(shortestTickMs, intervalMs / questionsPerInterval), () => {
        if (running !== undefined) void keep(running);
        else if (!fenced()) void run();
      });
      return {
        [Symbol.dispose]: () => {
          timer[Symbol.dispose]();
          running?.abort();
        },
      };
    },
  };
}
