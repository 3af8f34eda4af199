import type { SessionChange, SessionChangeResult, SessionStore } from '../store/stores.ts';

/** Result of one change, or the error that kept it from being tried or known. */
export type FlushOutcome = SessionChangeResult | { readonly error: unknown };

export interface FlushOutcomes {
  /** In the order of the changes. */
  readonly of: readonly FlushOutcome[];
  readonly flushes: number;
}

/** What a constraint says that a racing transaction made true: its row came first, or the session of a client session went. */
const constraintResult: Readonly<Record<string, SessionChangeResult>> = { 23505: 'conflict', 23503: 'missing' };
/** Tries of one flush that the database rolled back for reasons of timing. */
const maxTries = 3;

/**
 * Flushes the changes together. A flush that was rolled back because of a race inside the database is repeated; one that was refused
 * for its data is halved until the bad row stands alone, so that it does not fail its neighbours. Never throws.
 */
export async function flushAll(store: SessionStore, changes: readonly SessionChange[]): Promise<FlushOutcomes> {
  let error: unknown;
  let flushes = 0;
  for (let tries = 0; tries < maxTries; tries += 1) {
    flushes += 1;
    try {
      return { of: await store.flush(changes), flushes };
    } catch (caught) {
      error = caught;
      if (!/^(40|55P03)/.test(sqlState(caught))) break;
    }
  }
  const alone = changes.length === 1 ? constraintResult[sqlState(error)] : undefined;
  if (alone !== undefined) return { of: [alone], flushes };
  if (changes.length === 1 || !/^(22|23|54)/.test(sqlState(error))) return { of: changes.map(() => ({ error })), flushes };
  const middle = Math.ceil(changes.length / 2);
  const front = await flushAll(store, changes.slice(0, middle));
  const back = await flushAll(store, changes.slice(middle));
  return { of: [...front.of, ...back.of], flushes: flushes + front.flushes + back.flushes };
}

/** SQLSTATE of an error or of its cause; empty where there is none. */
function sqlState(error: unknown): string {
  for (let at = error, depth = 0; at !== null && typeof at === 'object' && depth < 3; at = (at as Error).cause, depth += 1) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return '';
}
