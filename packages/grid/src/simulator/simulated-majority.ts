import { MajorityCore } from '../authority/majority/majority-core.ts';
import { decodeAsk, decodeVote, encodeAsk, encodeVote } from '../authority/majority/wire.ts';
import { majorityTiming } from '../membership/timing.ts';
import type { Cluster } from './cluster.ts';
import type { SimulatedNode } from './node.ts';

/** The voter of one simulated process; its questions and answers pass through the codec and over the simulated network. */
export function simulatedMajority(cluster: Cluster, node: SimulatedNode): MajorityCore {
  const { network } = cluster;
  const core: MajorityCore = new MajorityCore({
    addresses: cluster.nodes.map((each) => each.registration.address),
    leaseMs: majorityTiming.leaseMs * majorityTiming.margin,
    newId: () => cluster.newId(),
    ask: (to, number, ask) => {
      const target = cluster.nodes.find(({ name }) => name === to.host);
      if (target === undefined || network.loses('authority')) return;
      const asked = encodeAsk(ask);
      let vote: Uint8Array = new Uint8Array();
      // Of the life that asks: a process that was started meanwhile knows nothing of the question.
      const answered = node.guarded(() => core.answered(number, to, decodeVote(vote), node.nowMs));
      network.send(node.name, target.name, 'control', () => {
        const { majority } = target;
        if (majority === undefined) return;
        target.guarded(() => {
          vote = encodeVote(majority.asked(decodeAsk(asked), target.nowMs));
          if (number !== 0 && !network.loses('authority')) network.send(target.name, node.name, 'control', answered);
        })();
      });
    },
  });
  core.onDecided = (view, { gone }) => cluster.decided(view, gone);
  return core;
}
