import { createReadStream } from 'node:fs';
import { ServerError } from '../http/errors.ts';
import type { Representation } from './fields.ts';
import { ScanError, type ScannedUser, UsersScanner } from './users-scanner.ts';

/** A user of a file with the place to look at when something is wrong with it. */
export interface PlacedUser {
  readonly representation: unknown;
  /** `file:line` */
  readonly place: string;
}

/** Users that are read from files as they are needed, from the first one at each call. */
export type UserSource = () => AsyncIterable<PlacedUser>;

/** The users of a file, one at a time: no more of it is in memory than a piece. @throws ServerError KG_BAD_IMPORT with file and line. */
export async function* readUsersOf(path: string): AsyncGenerator<PlacedUser> {
  for await (const user of scanned(path)) yield { representation: parsed(path, user.text, user.line), place: `${path}:${user.line}` };
}

/** Everything of a file but the elements of its list `users`. @throws ServerError KG_BAD_IMPORT with file and line. */
export async function readWithoutUsers(path: string): Promise<unknown> {
  const scan = scanned(path);
  for (;;) {
    const step = await scan.next();
    if (step.done) return parsed(path, step.value, 1);
  }
}

/** Users of several files in their order. */
export function usersOfFiles(paths: readonly string[]): UserSource {
  return async function* () {
    for (const path of paths) yield* readUsersOf(path);
  };
}

async function* scanned(path: string): AsyncGenerator<ScannedUser, string> {
  let found: ScannedUser[] = [];
  const scanner = new UsersScanner((user) => found.push(user));
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
      scanner.push(chunk as string);
      const now = found;
      found = [];
      yield* now;
    }
    return scanner.end();
  } catch (error) {
    if (error instanceof ServerError) throw error;
    if (error instanceof ScanError) throw bad(`${path}:${error.line}`, error.message, error);
    throw bad(path, error instanceof Error ? error.message : String(error), error);
  }
}

/** Errors of the runtime quote a part of the text, which may be a secret: only the place is kept. */
function parsed(path: string, text: string, firstLine: number): unknown {
  try {
    return JSON.parse(text) as Representation;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const named = /\(line (\d+) column/.exec(message)?.[1];
    const at = /position (\d+)/.exec(message)?.[1];
    const line = named === undefined ? (at === undefined ? undefined : text.slice(0, Number(at)).split('\n').length) : Number(named);
    throw bad(`${path}:${firstLine + (line ?? text.split('\n').length) - 1}`, 'it is no JSON', undefined);
  }
}

function bad(place: string, reason: string, cause: unknown): ServerError {
  return new ServerError('KG_BAD_IMPORT', `${place}: ${reason}`, { cause });
}
