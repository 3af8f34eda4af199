import type { Check, SetUp } from './check.ts';
import type { Cluster } from './cluster.ts';
import type { Product } from './product.ts';
import { setUps } from './set-ups.ts';

/** Check name -> undefined where it held, else why it did not. */
export type Outcomes = Map<string, string | undefined>;

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 600);

async function ask(check: Check, run: () => Promise<void>, outcomes: Outcomes): Promise<void> {
  try {
    await run();
    outcomes.set(check.name, undefined);
  } catch (error) {
    outcomes.set(check.name, message(error));
  }
}

/** Asks every check of one product: first what needs no nodes, then set-up by set-up, one cluster at a time. */
export async function runTable(product: Product, checks: readonly Check[], tell: (line: string) => void): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  for (const check of checks) if (check.on === 'product') await ask(check, () => check.run(product), outcomes);
  for (const name of Object.keys(setUps) as SetUp[]) {
    const asked = checks.filter((check): check is Extract<Check, { on: SetUp }> => check.on === name);
    if (asked.length === 0) continue;
    tell(`${product.name}: ${name}`);
    let cluster: Cluster;
    try {
      cluster = await product.start(setUps[name]);
    } catch (error) {
      for (const check of asked) outcomes.set(check.name, `the nodes did not start: ${message(error)}`);
      continue;
    }
    try {
      for (const check of asked) await ask(check, () => check.run(cluster), outcomes);
    } finally {
      await cluster.stop();
    }
  }
  return outcomes;
}
