import { setTimeout as delay } from 'node:timers/promises';
import { ServerError } from '../http/errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { ServerNode, ServerNodeStore } from '../store/shared-state.ts';
import { meaningOfMode } from './mode.ts';

/** How often a node that is found through the grid says in the database that it runs. */
export const rowBeatMs = 3_000;
/** A row without a beat for longer belongs to a node that died. */
const deadAfterMs = 10_000;
const lookMs = 250;

export interface NodeRowOptions {
  readonly store: ServerNodeStore;
  readonly node: Pick<ServerNode, 'id' | 'name' | 'clusterName' | 'mode'>;
  readonly logger: Logger;
  readonly every: (intervalMs: number, tick: () => void) => Disposable;
  /** Waits between two looks at a row that may belong to a dead node; tests make it short. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined;
}

/**
 * Writes this node's row and makes sure that no living node before it keeps state in another way: each would take the sessions of the other for
 * lost. A row whose node died is waited for, since a beat is the only proof of life. A node with `cache=local` is not refused, it warns.
 * @throws ServerError KG_STATE_MODE.
 */
export async function enterMode({ store, node, logger, pause = delay }: NodeRowOptions): Promise<void> {
  await store.beat({ ...node, acknowledges: false });
  const seen = new Map<string, number>();
  let told = false;
  for (;;) {
    const rows = await store.list(deadAfterMs);
    const own = rows.findIndex((row) => row.id === node.id);
    const others = rows.slice(0, Math.max(0, own)).filter((row) => row.mode !== node.mode && row.mode !== 'local' && node.mode !== 'local');
    if (others.length === 0) return;
    for (const other of others) {
      const before = seen.get(other.id);
      if (before !== undefined && other.beat > before) {
        await store.remove(node.id);
        throw new ServerError('KG_STATE_MODE', refusal(other, node));
      }
      seen.set(other.id, before ?? other.beat);
    }
    if (!told)
      logger.info(`Looking whether node ${others.map((one) => one.name).join(', ')}, which keeps state in another way, still runs`);
    told = true;
    await pause(lookMs);
    // Without a beat of its own meanwhile, this node would look dead to the next one.
    await store.beat({ ...node, acknowledges: false });
  }
}

function refusal(other: ServerNode, node: Pick<ServerNode, 'mode'>): string {
  const meaning = (mode: string): string => meaningOfMode[mode] ?? mode;
  return `Node ${other.name} runs on this database with ${meaning(other.mode)}, this node was started with ${meaning(node.mode)}. Stop all nodes before the way to keep sessions is changed, then start all of them with the same features and the same 'cache'.`;
}

/** Keeps the row of a node that is found through the grid, or (cache=local) through nothing, and looks for nodes beside a lonely one. */
export function keepNodeRow({ store, node, logger, every }: NodeRowOptions): AsyncDisposable {
  const warned = new Set<string>();
  const beats = new Map<string, number>();
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    await store.beat({ ...node, acknowledges: false });
    if (node.mode !== 'local') return;
    for (const other of await store.list(deadAfterMs)) {
      const alive = other.beat > (beats.get(other.id) ?? Number.POSITIVE_INFINITY);
      beats.set(other.id, other.beat);
      if (other.id === node.id || !alive || warned.has(other.id)) continue;
      warned.add(other.id);
      logger.warn(
        `Node ${other.name} runs on the same database, and this one was started with 'cache=local': neither hears of the other's changes, and logins that begin on one fail on the other. Start both with 'cache=ispn', or stop one.`,
      );
    }
  };
  const tick = (): void => {
    working ??= work()
      .catch((error: unknown) => logger.debug('the row of this node could not be written', { error }))
      .finally(() => {
        working = undefined;
      });
  };
  tick();
  const timer = every(rowBeatMs, tick);
  return {
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await working;
      await store.remove(node.id).catch((error: unknown) => logger.debug('the row of this node could not be removed', { error }));
    },
  };
}
