import pg from 'pg';
import { ServerError } from '../http/errors.ts';

/** SQLSTATE values that mean "the same work would succeed if tried again". */
const retryable = new Set(['40001', '40P01']);
/** Locks and time limits of the server, its shutdown, and its refusal of new connections. */
const unavailable = /^(08|53|57|55P03|25P03)/;
const uniqueViolation = '23505';

/** Whether a transaction lost a race inside the database and may be run again. */
export function isRetryable(error: unknown): boolean {
  const cause = error instanceof ServerError ? error.cause : error;
  return cause instanceof pg.DatabaseError && retryable.has(cause.code ?? '');
}

const causeOf = (error: unknown): unknown => (error instanceof ServerError ? error.cause : error);

/**
 * Whether a statement, or a transaction, certainly changed nothing because the database goes down or comes up in order: it was refused before it ran, or
 * its transaction was ended (57P01 comes in the place of a result; what is committed is answered first).
 */
export function changedNothing(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof pg.DatabaseError) return cause.code === '57P01' || cause.code === '57P03';
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}

const BROKEN = new Set(['ECONNRESET', 'EPIPE']);

/** Whether the connection ended before an answer: what was asked may have taken effect, unless it only read. */
export function connectionBroke(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof pg.DatabaseError) return cause.code === '57P02';
  if (!(cause instanceof Error)) return false;
  return /^Connection terminated/.test(cause.message) || ('code' in cause && BROKEN.has(String(cause.code)));
}

/**
 * Turns what `pg` throws into errors of the catalogue; a constraint's values never get into the message. What the database refused for
 * its data or text is a defect of the caller and passes as it is.
 */
export function translateSqlError(error: unknown, statement: string): unknown {
  if (error instanceof ServerError) return error;
  if (!(error instanceof pg.DatabaseError)) {
    // Everything else that pg throws concerns the connection: refused, reset, no free one in time.
    return error instanceof Error
      ? new ServerError('KG_DATABASE_UNAVAILABLE', `The database did not answer (${statement}): ${error.message}`, { cause: error })
      : error;
  }
  if (error.code === uniqueViolation) {
    return new ServerError('KG_STORE_DUPLICATE', `${error.table ?? statement}: the name is taken (${error.constraint ?? 'unique'})`, {
      cause: error,
    });
  }
  if (unavailable.test(error.code ?? '')) {
    return new ServerError('KG_DATABASE_UNAVAILABLE', `The database refused ${statement}: ${error.message}`, { cause: error });
  }
  return error;
}
