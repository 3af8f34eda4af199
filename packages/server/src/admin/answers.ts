import { ReplyError } from '../http/errors.ts';

/** 404 `{"error": text}`. */
export const notFound = (text: string): ReplyError => new ReplyError(404, { error: text });
/** 400 `{"error": text}`. */
export const badRequest = (text: string): ReplyError => new ReplyError(400, { error: text });
/** 400 `{"errorMessage": text}`: a value that a form of the console shows. */
export const invalidValue = (text: string): ReplyError => new ReplyError(400, { errorMessage: text });
/** 409 `{"errorMessage": text}`: the name is taken. */
export const taken = (text: string): ReplyError => new ReplyError(409, { errorMessage: text });
/** 409 for an id or a name that another object has, where the original does not say which. */
export const duplicate = (): ReplyError => new ReplyError(409, { error: 'conflict', error_description: 'Duplicate resource error' });
/** 500 `{"errorMessage": text}`: a mail that the mail server did not take. */
export const notSent = (text: string): ReplyError => new ReplyError(500, { errorMessage: text });
export const forbidden = (): ReplyError => new ReplyError(403, { error: 'HTTP 403 Forbidden' });
/** JSON of a wrong type somewhere. */
export const unreadable = (): ReplyError => new ReplyError(400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' });
