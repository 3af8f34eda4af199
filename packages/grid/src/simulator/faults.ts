import type { Cluster } from './cluster.ts';
import type { SimulatedNode } from './node.ts';
import type { Random } from './random.ts';

/** What can go wrong. Each does its harm and says for how long it lasts; `heal` of the cluster ends all of it early. */
export const faults = {
  crash: (cluster, node, random) => {
    node.stop();
    cluster.schedule.after(random.between(10, 20_000), () => node.start());
  },
  pause: (cluster, node, random) => {
    node.pausedUntilMs = cluster.schedule.nowMs + random.between(200, 15_000);
  },
  stall: (cluster, node, random) => {
    node.pausedUntilMs = cluster.schedule.nowMs + random.between(50, 900);
  },
  isolate: (cluster, node, random) => {
    cluster.isolate(node, random.chance(0.5));
    later(cluster, random, () => cluster.heal());
  },
  cutPair: (cluster, node, random) => {
    cluster.cut(node, random.pick(cluster.nodes), random.chance(0.4));
    later(cluster, random, () => cluster.network.heal());
  },
  split: (cluster, _node, random) => {
    const side = new Set(cluster.nodes.filter(() => random.chance(0.5)));
    for (const left of side) for (const right of cluster.nodes) if (!side.has(right)) cluster.cut(left, right);
    if (random.chance(0.5)) for (const node of side) cluster.database.path(node.name).reachable = false;
    later(cluster, random, () => cluster.heal());
  },
  reset: (cluster, node, random) => {
    const other = random.pick(cluster.nodes);
    cluster.network.reset(node.name, other.name);
    const [here, there] = [node.identity?.id, other.identity?.id];
    if (there !== undefined) node.membership?.connectionClosed(there, node.nowMs);
    if (here !== undefined) other.membership?.connectionClosed(here, other.nowMs);
    cluster.schedule.after(random.between(1, 50), () => {
      if (there !== undefined) node.data?.core.connected(there, node.nowMs);
      if (here !== undefined) other.data?.core.connected(here, other.nowMs);
    });
  },
  loseFrames: (cluster, _node, random) => {
    if (random.chance(0.4)) cluster.network.lossRate = random.pick([0.01, 0.1]);
    else
      cluster.network.lossOf.set(
        random.pick(['reply', 'request', 'replicate', 'acknowledge', 'heartbeatAnswer', 'transfer', 'topic', 'topicAcknowledge']),
        random.between(0.2, 0.8),
      );
    later(cluster, random, () => cluster.network.heal());
  },
  /** Requests that a connection was thought to have lost arrive once more, late. */
  lateDuplicates: (cluster, _node, random) => {
    cluster.network.duplicateRate = random.between(0.02, 0.3);
    later(cluster, random, () => cluster.network.heal());
  },
  slowLink: (cluster, node, random) => {
    for (const other of cluster.nodes) cluster.network.link(node.name, other.name).slowMs = random.between(10, 400);
    later(cluster, random, () => cluster.network.heal());
  },
  databaseAway: (cluster, _node, random) => {
    cluster.database.downUntilMs = cluster.schedule.nowMs + random.between(500, 20_000);
  },
  failOver: (cluster, _node, random) => {
    cluster.database.downUntilMs = cluster.schedule.nowMs + random.between(200, 5_000);
    cluster.database.failOver(Math.floor(random.next() * 20));
  },
  databaseCut: (cluster, node, random) => {
    cluster.database.path(node.name).reachable = false;
    later(cluster, random, () => cluster.database.heal());
  },
  slowAnswers: (cluster, node, random) => {
    const path = cluster.database.path(node.name);
    if (random.chance(0.7)) path.slowAnswerMs = random.between(100, 1_300);
    else path.slowRequestMs = random.between(100, 2_500);
    later(cluster, random, () => cluster.database.heal());
  },
  lostAnswers: (cluster, node, random) => {
    cluster.database.path(node.name).loseAnswers = random.between(0.05, 0.6);
    later(cluster, random, () => cluster.database.heal());
  },
  wallStep: (_cluster, node, random) => {
    node.wallOffsetMs += random.pick([-3_600_000, -5_000, 5_000, 3_600_000]);
  },
  leave: (cluster, node, random) => {
    if (node.paused) return;
    node.membership?.leave(node.nowMs);
    cluster.schedule.after(random.between(2_000, 12_000), () => {
      if (node.alive) node.membership?.leaveNow(node.nowMs);
      node.start();
    });
  },
  /** The operator's second signal: gone without a hand-over. */
  leaveNow: (cluster, node, random) => {
    if (node.paused) return;
    node.membership?.leaveNow(node.nowMs);
    cluster.schedule.after(random.between(10, 12_000), () => node.start());
  },
} as const satisfies Record<string, (cluster: Cluster, node: SimulatedNode, random: Random) => void>;

export type FaultKind = keyof typeof faults;
export const faultKinds = Object.keys(faults) as FaultKind[];

function later(cluster: Cluster, random: Random, run: () => void): void {
  cluster.schedule.after(random.between(500, 18_000), run);
}
