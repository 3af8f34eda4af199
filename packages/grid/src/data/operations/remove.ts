import { noResult } from '../messages.ts';
import { erase, nothing, type Operation, yes } from './decision.ts';

export const remove: Operation = (current) => (current === undefined ? nothing(noResult) : erase(yes));
