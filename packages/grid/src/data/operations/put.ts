import { noResult } from '../messages.ts';
import { type Operation, store, yes } from './decision.ts';

/** Stores whatever was there; `found` tells whether something was. */
export const put: Operation = (current, fields) => store(fields, current === undefined ? noResult : yes);
