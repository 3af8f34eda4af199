import { noResult } from '../messages.ts';
import { nothing, type Operation, store, yes } from './decision.ts';

/** Stores only over exactly the version that the caller saw. */
export const replaceIfVersion: Operation = (current, fields) =>
  current !== undefined && current.epoch === fields.ifEpoch && current.sequence === fields.ifSequence
    ? store(fields, yes)
    : nothing(noResult);
