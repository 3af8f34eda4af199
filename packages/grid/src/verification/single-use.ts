import type { Timed } from './order.ts';

/** One attempt to take a token away; `won` undefined = nobody knows how it ended. */
export interface TakeAttempt extends Timed {
  readonly won: boolean | undefined;
}

/** The life of a token: one put of a value that nobody else puts, then any number of racing takers. */
export interface TokenHistory {
  /** When the put was answered; undefined = nobody knows whether it took effect. */
  readonly putAt: number | undefined;
  readonly takes: readonly TakeAttempt[];
}

/**
 * A token is handed out at most once; and if it was there, and every taker was told how it ended, somebody who began after the put must
 * have got it. One sentence for each breach.
 */
export function checkSingleWinner({ putAt, takes }: TokenHistory): string[] {
  const winners = takes.filter(({ won }) => won === true).length;
  if (winners > 1) return [`${winners} takers got it`];
  if (winners === 1 || putAt === undefined || takes.some(({ won }) => won === undefined)) return [];
  const late = takes.find(({ calledAt }) => calledAt > putAt);
  return late === undefined ? [] : [`nobody got it, though it was put at ${putAt.toFixed(1)} and asked for at ${late.calledAt.toFixed(1)}`];
}
