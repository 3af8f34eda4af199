import { expect, it } from 'vitest';
import { Cluster } from './cluster.ts';
import { ExpiringKeys } from './expiring-keys.ts';
import { FaultInjector, planFaults } from './fault-plan.ts';
import { Random } from './random.ts';

const minuteMs = 60_000;

/** One seed: keys with lifespans and idle times under random faults, on crystals that are ten times as bad as those of computers. */
function expiryRun(seed: number): { readonly looks: number; readonly violations: readonly string[] } {
  const expiring = new ExpiringKeys(new Random(seed, 'expiring keys'));
  const nodes = 3 + (seed % 3);
  const cluster = new Cluster({ seed, nodes, clients: expiring, clockError: 0.001 });
  for (const node of cluster.nodes) node.start();
  const faults = new FaultInjector(cluster, planFaults({ seed, nodes, untilMs: minuteMs }));
  cluster.runFor(minuteMs);
  faults.stop();
  expiring.stop();
  cluster.heal();
  cluster.runFor(13_000);
  return { looks: expiring.looks, violations: expiring.violations(cluster.owners, (...of) => cluster.exposure.cutoff(...of)) };
}

const seeds = Number(process.env['KEYGRID_TEST_EXPIRY_SEEDS'] ?? 12);

it(`no entry is gone early or there late, whatever dies, for ${seeds} seeds (D9)`, () => {
  let looks = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const outcome = expiryRun(seed);
    expect(outcome.violations, `seed ${seed}`).toEqual([]);
    looks += outcome.looks;
  }
  expect(looks).toBeGreaterThan(seeds * 100);
});
