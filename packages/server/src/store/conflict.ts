import { ServerError } from '../http/errors.ts';

/** The version of a guarded row moved on, or the row is gone. */
export function conflict(kind: string, name: string): ServerError {
  return new ServerError('KG_STORE_CONFLICT', `The ${kind} ${name} was changed or removed by another writer.`);
}
