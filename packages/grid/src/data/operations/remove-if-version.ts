import { noResult } from '../messages.ts';
import { erase, nothing, type Operation, yes } from './decision.ts';

export const removeIfVersion: Operation = (current, fields) =>
  current !== undefined && current.epoch === fields.ifEpoch && current.sequence === fields.ifSequence ? erase(yes) : nothing(noResult);
