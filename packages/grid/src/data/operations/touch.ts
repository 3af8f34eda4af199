import { noResult } from '../messages.ts';
import { nothing, type Operation, yes } from './decision.ts';

/** Looks and changes nothing: the look counts as a use for max-idle, as that of every operation does. */
export const touch: Operation = (current) => nothing(current === undefined ? noResult : yes);
