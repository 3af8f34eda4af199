import { noResult } from '../messages.ts';
import { nothing, type Operation, store, yes } from './decision.ts';

/** Stores only over something. */
export const replace: Operation = (current, fields) => (current === undefined ? nothing(noResult) : store(fields, yes));
