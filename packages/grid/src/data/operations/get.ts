import { noResult } from '../messages.ts';
import { nothing, type Operation, withValue } from './decision.ts';

/** Value and version. The primary gives it the committed state, never a pending one. */
export const get: Operation = (current) => nothing(current === undefined ? noResult : withValue(current));
