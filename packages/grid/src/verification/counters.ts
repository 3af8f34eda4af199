import { firstReversal } from './order.ts';

/** One increment by one; `answer` is the count after it, undefined = nobody knows how it ended. */
export interface CounterIncrement {
  readonly calledAt: number;
  readonly returnedAt: number;
  readonly answer: number | undefined;
}

/**
 * Exactly once, in linear time: no count is answered twice, none exceeds the tries, the order of answers is that of time, and the last value
 * lies between what was answered and what was tried. `final` undefined: the last value is not known. One sentence for each breach.
 */
export function checkCounter(increments: readonly CounterIncrement[], final: number | undefined): string[] {
  const breaches: string[] = [];
  const answered = increments.filter((increment): increment is CounterIncrement & { answer: number } => increment.answer !== undefined);
  const greatest = answered.reduce((most, { answer }) => Math.max(most, answer), 0);
  const once = new Set<number>();
  for (const { answer } of answered) {
    if (once.has(answer)) breaches.push(`count ${answer} was answered twice`);
    once.add(answer);
  }
  if (greatest > increments.length) breaches.push(`count ${greatest} was answered after ${increments.length} tries`);
  const reversal = firstReversal(answered, (earlier, later) => earlier.answer < later.answer);
  if (reversal !== undefined) breaches.push(`count ${reversal.later.answer} was answered after count ${reversal.earlier.answer}`);
  if (final === undefined) return breaches;
  if (final > increments.length) breaches.push(`the counter stands at ${final} after ${increments.length} tries`);
  const least = Math.max(answered.length, greatest);
  if (final < least) breaches.push(`the counter stands at ${final}, but ${answered.length} increments were answered, up to ${greatest}`);
  return breaches;
}
