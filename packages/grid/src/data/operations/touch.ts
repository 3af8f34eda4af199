import { noResult, status } from '../messages.ts';
import { nothing, type Operation, yes } from './decision.ts';

/** Counts as a use for max-idle; the version stays. */
export const touch: Operation = (current) =>
  current === undefined
    ? nothing(noResult)
    : { action: 'touch', value: null, lifespanMs: -1, maxIdleMs: -1, status: status.ok, result: yes };
