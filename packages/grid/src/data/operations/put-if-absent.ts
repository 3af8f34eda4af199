import { noResult } from '../messages.ts';
import { nothing, type Operation, store, withValue } from './decision.ts';

/** Stores if nothing is there; else `found` with the value that stands. */
export const putIfAbsent: Operation = (current, fields) => (current === undefined ? store(fields, noResult) : nothing(withValue(current)));
