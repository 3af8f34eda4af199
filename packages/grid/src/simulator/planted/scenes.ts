import type { MemberId, ViewBody } from '../../protocol/types.ts';
import { Cluster } from '../cluster.ts';
import type { SimulatedNode } from '../node.ts';
import { ScriptedIncrements } from '../scripted-increments.ts';
import { type PlantedFault, plantedFaults } from './catalogue.ts';

/** A story for a fault that random faults reach too rarely. Without the fault the same story must break nothing. */
interface Scene {
  readonly hosts: number;
  /** Up from the beginning; the scene starts the others. */
  readonly started: number;
  readonly play: (cluster: Cluster) => void;
}

const host = (cluster: Cluster, index: number) => cluster.nodes[index] as SimulatedNode;
const viewOf = (cluster: Cluster) => host(cluster, 0).installed as ViewBody;
const nodeOf = (cluster: Cluster, id: MemberId) => cluster.identities.get(id) as SimulatedNode;
const settle = (cluster: Cluster) => {
  if (cluster.runUntil(() => cluster.settled(), 30_000) === undefined) throw new Error('the scene does not settle');
  cluster.runFor(12_000);
};

/** The wall clock is set back while the member is cut off from everything. */
function clockStep(cluster: Cluster): void {
  const last = host(cluster, 2);
  last.wallOffsetMs -= 3_600_000;
  cluster.isolate(last, true);
  cluster.runFor(10_000);
}

/** Cut off while the answer to a beat is still under way: the database knows of the beat long before its sender does. */
function answerUnderWay(cluster: Cluster): void {
  const last = host(cluster, 2);
  const path = cluster.database.path(last.name);
  path.slowAnswerMs = 1_300;
  cluster.runFor(4_000);
  for (const other of cluster.nodes) if (other !== last) cluster.cut(last, other);
  const beat = () => cluster.database.state.rows.get(last.identity?.id ?? 0)?.beat;
  const before = beat();
  cluster.runUntil(() => beat() !== before, 3_000);
  path.stopRequests = true;
  cluster.schedule.after(1_400, () => Object.assign(path, { loseAnswers: 1, reachable: false }));
  cluster.runFor(8_000);
}

/** A member loses the database before it hears of the view that lets a third one in, which owes it no grant and evicts it. */
function unknownMember(cluster: Cluster): void {
  const [, unaware, joiner] = cluster.nodes as [SimulatedNode, SimulatedNode, SimulatedNode];
  const epoch = () => cluster.database.state.view?.epoch;
  const before = epoch();
  for (const kind of ['view', 'viewRequest']) cluster.network.lossOf.set(kind, 1);
  // It hears nothing of the joiner, so it wants no change of its own; an undecided one would end the stretch of its lease.
  cluster.cut(joiner, unaware, true);
  joiner.start();
  for (let ms = 0; ms < 5_000 && epoch() === before; ms += 1) cluster.runFor(1);
  cluster.database.path(unaware.name).reachable = false;
  cluster.cut(unaware, joiner);
  cluster.runFor(12_000);
}

/** Both owners of a counter leave at once while no answer arrives: its new owners never saw the increment, only their copies of it. */
function bothOwnersLeave(cluster: Cluster): void {
  const increments = new ScriptedIncrements(cluster);
  const origin = host(cluster, 0);
  const key = increments.keyWhere(viewOf(cluster), (...owners) => !owners.includes(origin.identity?.id ?? 0));
  const owners = (viewOf(cluster).table[key.segment] ?? []).slice(0, 2).map((id) => nodeOf(cluster, id));
  cluster.network.lossOf.set('reply', 1);
  increments.begin(origin, key);
  cluster.runFor(100);
  // The next write tells the backup that the first is committed, so that only the result speaks of it.
  increments.begin(owners[0] as SimulatedNode, key);
  cluster.runFor(100);
  for (const owner of owners) owner.membership?.leave(owner.nowMs);
  cluster.runUntil(() => owners.every(({ left }) => left), 8_000);
  cluster.network.heal();
  settle(cluster);
  increments.judge();
}

/** A primary dies with a write on a link so slow that the backup is primary of a later epoch when it arrives. */
function lateWrite(cluster: Cluster): void {
  const increments = new ScriptedIncrements(cluster);
  const dying = host(cluster, 2);
  const key = increments.keyWhere(viewOf(cluster), (primary) => primary === dying.identity?.id);
  increments.begin(host(cluster, 0), key);
  cluster.runFor(1_000);
  const backup = nodeOf(cluster, viewOf(cluster).table[key.segment]?.[1] ?? 0);
  cluster.network.link(dying.name, backup.name).slowMs = 9_000;
  increments.begin(dying, key);
  cluster.runFor(5);
  dying.stop();
  settle(cluster);
  increments.judge();
}

/** Writes that reach no backup and that nobody waits for any more, while a newcomer takes the primary role of some of them over. */
function tailOfTheDemoted(cluster: Cluster): void {
  const increments = new ScriptedIncrements(cluster);
  cluster.network.lossOf.set('replicate', 1);
  const abandon = Array.from({ length: 100 }, (_, number) => increments.begin(host(cluster, 0), increments.key(number)));
  cluster.runFor(100);
  for (const each of abandon) each();
  host(cluster, 3).start();
  cluster.runUntil(() => cluster.nodes.every(({ installed }) => installed?.phase === 'SWITCH'), 5_000);
  cluster.network.heal();
  settle(cluster);
  increments.judge();
}

/** A primary dies with a write that reached the last owner, but not the one who takes over. */
function writeOfTheLastOwner(cluster: Cluster): void {
  const increments = new ScriptedIncrements(cluster);
  const dying = host(cluster, 2);
  const key = increments.keyWhere(viewOf(cluster), (primary) => primary === dying.identity?.id, 1);
  const heir = nodeOf(cluster, viewOf(cluster).table[key.segment]?.[1] ?? 0);
  cluster.network.link(dying.name, heir.name).slowMs = 9_000;
  increments.begin(dying, key);
  cluster.runFor(20);
  dying.stop();
  settle(cluster);
  increments.judge();
}

/**
 * The coordinator lets a third member in; the change is committed, but the database and the newcomer are lost to both older members before either
 * learns of it. The newcomer owes them nothing and evicts them, while they grant each other on and on.
 */
function unknownAdmission(cluster: Cluster): void {
  const { database, network } = cluster;
  const [first, second, joiner] = cluster.nodes as [SimulatedNode, SimulatedNode, SimulatedNode];
  for (const kind of ['view', 'viewRequest']) network.lossOf.set(kind, 1);
  const request = database.request.bind(database);
  database.request = (client, asked, done) => {
    if (asked.kind !== 'change' || client === joiner.name) request(client, asked, done);
    else
      request(client, asked, () => {
        for (const node of [first, second]) {
          database.path(node.name).reachable = false;
          cluster.cut(node, joiner);
        }
        cluster.schedule.after(1_000, () => done(undefined));
      });
  };
  joiner.start();
  cluster.runFor(12_000);
}

export const scenes: Readonly<Partial<Record<PlantedFault, Scene>>> = {
  'clock-step-trusted': { hosts: 3, started: 3, play: clockStep },
  'lease-from-answer': { hosts: 3, started: 3, play: answerUnderWay },
  'grants-across-epochs': { hosts: 3, started: 2, play: unknownMember },
  'results-stay-behind': { hosts: 5, started: 5, play: bothOwnersLeave },
  'no-epoch-check-on-replicate': { hosts: 4, started: 4, play: lateWrite },
  'tail-not-collected': { hosts: 4, started: 4, play: writeOfTheLastOwner },
  'lost-answer-is-failure': { hosts: 3, started: 2, play: unknownAdmission },
  'demoted-keeps-tail': { hosts: 4, started: 3, play: tailOfTheDemoted },
};

/** What the checkers say of the scene of `of`, played with or without its fault. */
export function playScene(of: PlantedFault, faulty: boolean, trace?: (line: string) => void) {
  const scene = scenes[of];
  if (scene === undefined) throw new Error(`${of} has no scene`);
  const cluster = new Cluster({ seed: 1, nodes: scene.hosts, plant: faulty ? plantedFaults[of] : undefined, trace });
  for (const node of cluster.nodes.slice(0, scene.started)) node.start();
  if (cluster.runUntil(() => cluster.settled(), 8_000) === undefined) throw new Error('the cluster does not form');
  cluster.runFor(2_000);
  scene.play(cluster);
  return cluster.checkers.violations;
}
