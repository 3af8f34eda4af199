import { ServerError } from '../http/errors.ts';
import { assertNotesFit } from './notes-limit.ts';

/** Keys that end like this say that a token was revoked; they stand in the database too and can only be asked for. */
export const revokedSuffix = '.revoked';
/** UTF-16 units; the same on every engine. */
const maxKeyLength = 1_024;

/** Refuses keys that callers may not use. @throws ServerError KG_BAD_REQUEST, KG_LIMIT_EXCEEDED. */
export function assertSingleUseKey(key: string): void {
  if (key.endsWith(revokedSuffix)) throw new ServerError('KG_BAD_REQUEST', 'revoked tokens can only be asked for by their key');
  if (key.length > maxKeyLength) {
    throw new ServerError(
      'KG_LIMIT_EXCEEDED',
      `the key of a single-use object has ${key.length} characters, at most ${maxKeyLength} are allowed`,
    );
  }
}

/** Refuses lifespans and notes that no engine takes. @throws ServerError KG_BAD_REQUEST, KG_LIMIT_EXCEEDED. */
export function assertSingleUseObject(lifespanSeconds: number, notes: Readonly<Record<string, string>>): void {
  if (!(lifespanSeconds > 0)) throw new ServerError('KG_BAD_REQUEST', `a single-use object cannot live ${lifespanSeconds} seconds`);
  assertNotesFit('single-use object', notes);
}
