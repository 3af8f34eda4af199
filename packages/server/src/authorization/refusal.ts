import { ReplyError } from '../http/errors.ts';

/** `{error, error_description}`, the form that all of authorization services answers errors in. */
export function refused(statusCode: number, error: string, description: string): ReplyError {
  return new ReplyError(statusCode, { error, error_description: description });
}

/** 409 for a name that is taken, in the words for objects without a check of their own. */
export const duplicate = (): ReplyError => refused(409, 'conflict', 'Duplicate resource error');
/** 404 where there is no such object. */
export const absent = (): ReplyError => new ReplyError(404, { error: 'HTTP 404 Not Found' });
