import type { AuthorizationPolicy } from '../../model/index.ts';
import { policyType } from '../policies/index.ts';
import { join } from './strategy.ts';
import type { Facts, Subject } from './subject.ts';

export type Effect = 'PERMIT' | 'DENY';

/** What one evaluation stands on; policies and facts were loaded before. */
export interface Ground {
  readonly subject: Subject;
  readonly facts: Facts;
  policy(id: string): AuthorizationPolicy | undefined;
}

/** Deepest nesting of aggregated policies that is followed. */
const MAX_DEPTH = 32;

/** Answers for one subject: no policy is asked twice, since none of them looks at the resource. */
export function createJudge(ground: Ground): (policyId: string) => Effect {
  const known = new Map<string, Effect>();
  const asking = new Set<string>();
  const answer = (id: string): Effect => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const policy = ground.policy(id);
    // What is gone, or asks itself in a circle, says no.
    if (policy === undefined || asking.has(id) || asking.size >= MAX_DEPTH) return 'DENY';
    asking.add(id);
    const granted = policy.type === 'aggregate' ? aggregated(policy, answer) : opinion(policy, ground) === 'grant';
    asking.delete(id);
    const effect: Effect = (policy.logic === 'NEGATIVE') !== granted ? 'PERMIT' : 'DENY';
    known.set(id, effect);
    return effect;
  };
  return answer;
}

function opinion(policy: AuthorizationPolicy, { subject, facts }: Ground) {
  return policyType(policy.type)?.judge?.(policy.config, subject, facts);
}

/** An aggregated policy that asks nobody grants nothing. */
function aggregated(policy: AuthorizationPolicy, answer: (id: string) => Effect): boolean {
  return policy.policyIds.length > 0 && join(policy.decisionStrategy, policy.policyIds.map(answer));
}
