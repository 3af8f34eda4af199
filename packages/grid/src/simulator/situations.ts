import type { Cluster } from './cluster.ts';
import type { FaultKind } from './faults.ts';
import type { SimulatedNode } from './node.ts';
import type { Random } from './random.ts';

/** How a member can be lost; each must have struck in each situation before a run counts as thorough. */
export const deaths = ['crash', 'pause', 'isolate', 'databaseCut', 'leave'] as const satisfies readonly FaultKind[];

/** What a cluster may be in the middle of, and what brings it there. */
export const situations = {
  STABLE: { now: (cluster) => phaseOf(cluster) === 'STABLE', provoke: () => {} },
  COPY: { now: (cluster) => phaseOf(cluster) === 'COPY', provoke: churn },
  SWITCH: { now: (cluster) => phaseOf(cluster) === 'SWITCH', provoke: churn },
  revocation: {
    now: (cluster) => cluster.view?.members.some(({ state }) => state === 'revoked') === true,
    // Other faults end by healing the whole network, so the cut is made again and again.
    provoke: (cluster, node) => {
      for (let afterMs = 0; afterMs < cutMs; afterMs += 100) cluster.schedule.after(afterMs, () => cluster.isolate(node, false));
      cluster.schedule.after(cutMs, () => cluster.network.heal());
    },
  },
  coldTakeover: {
    now: (cluster) => {
      const alive = cluster.nodes.filter((node) => node.alive);
      return cluster.view !== null && alive.length > 0 && alive.every(({ installed }) => installed === undefined);
    },
    provoke: (cluster, node, random) => {
      for (const each of cluster.nodes) each.stop();
      cluster.schedule.after(random.between(1, 500), () => node.start());
      for (const each of cluster.nodes) cluster.schedule.after(random.between(8_000, 24_000), () => each.start());
    },
  },
  databaseAway: {
    now: (cluster) => cluster.schedule.nowMs < cluster.database.downUntilMs,
    provoke: (cluster, _node, random) => {
      cluster.database.downUntilMs = cluster.schedule.nowMs + random.between(2_000, 15_000);
    },
  },
} as const satisfies Record<
  string,
  { readonly now: (cluster: Cluster) => boolean; readonly provoke: (cluster: Cluster, node: SimulatedNode, random: Random) => void }
>;

/** Above what suspicion, beats and the wait for a verdict take together. */
const cutMs = 10_000;

export type Situation = keyof typeof situations;
/** The rarest first: a cluster can be in several at once. */
const byRarity = ['coldTakeover', 'revocation', 'databaseAway', 'SWITCH', 'COPY', 'STABLE'] as const satisfies readonly Situation[];

export function situationOf(cluster: Cluster): Situation | undefined {
  return byRarity.find((name) => situations[name].now(cluster));
}

/** Every situation with every death. */
export const encounters: readonly (readonly [Situation, (typeof deaths)[number]])[] = byRarity.flatMap((situation) =>
  deaths.map((death) => [situation, death] as const),
);

function phaseOf(cluster: Cluster) {
  return cluster.view?.phase;
}

/** Whoever is down comes up; if nobody is, somebody goes and comes back. */
function churn(cluster: Cluster, node: SimulatedNode, random: Random): void {
  const down = cluster.nodes.find(({ alive }) => !alive);
  if (down !== undefined) down.start();
  else {
    node.membership?.leave(node.nowMs);
    cluster.schedule.after(random.between(3_000, 6_000), () => {
      if (node.alive) node.membership?.leaveNow(node.nowMs);
      node.start();
    });
  }
}
