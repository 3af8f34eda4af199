import { ServerError } from '../http/errors.ts';

/** A theme that cannot be used, with the place to look at. */
export function badTheme(path: string, line: number | undefined, reason: string): ServerError {
  return new ServerError('KG_BAD_THEME', `${path}${line === undefined ? '' : `:${line}`}: ${reason}`);
}
