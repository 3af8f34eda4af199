import { noResult } from '../messages.ts';
import { erase, nothing, type Operation, withValue } from './decision.ts';

/** Takes the entry. The value is part of the recorded result, so that a retry after a fail-over still hands it to the one winner. */
export const getAndRemove: Operation = (current) => (current === undefined ? nothing(noResult) : erase(withValue(current)));
