import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ServerError } from '../http/errors.ts';
import { Fields, type Representation } from './fields.ts';
import { readWithoutUsers, type UserSource, usersOfFiles } from './users-file.ts';

const maxFileBytes = 1024 * 1024 * 1024;

/** A realm as it lies in files, with the users that lie beside it in files of their own. */
export interface RealmFile {
  readonly path: string;
  readonly representation: Representation;
  /** Users that are read while they are stored; absent where they stand in the representation. */
  readonly users?: UserSource | undefined;
}

/** The realms of one file, its users left where they are: they are read while they are stored. */
export async function openRealmFile(path: string, userFiles: readonly string[] = []): Promise<RealmFile[]> {
  const content = await readWithoutUsers(path);
  if (Array.isArray(content)) return readRealmFile(path);
  new Fields(content, path).requiredText('realm');
  return [{ path, representation: content as Representation, users: usersOfFiles([path, ...userFiles]) }];
}

/** The realms of a directory as `readRealmDirectory` finds them, users left where they are. */
export async function openRealmDirectory(directory: string): Promise<RealmFile[]> {
  const names = await listed(directory);
  const realms: RealmFile[] = [];
  for (const name of names.filter((one) => one.endsWith('-realm.json')).sort()) {
    const prefix = name.slice(0, -'-realm.json'.length);
    const userFiles = names.filter((one) => isUsersFile(one, prefix)).sort(byNumber);
    for (const file of userFiles) await readWithoutUsers(join(directory, file));
    realms.push(
      ...(await openRealmFile(
        join(directory, name),
        userFiles.map((file) => join(directory, file)),
      )),
    );
  }
  return realms;
}

/** The realms of one file: a single realm, or a list of them. */
export async function readRealmFile(path: string): Promise<RealmFile[]> {
  const content = await readJson(path);
  const list: unknown[] = Array.isArray(content) ? content : [content];
  return list.map((one) => {
    const fields = new Fields(one, path);
    fields.requiredText('realm');
    return { path, representation: one as Representation };
  });
}

/** The realms of a directory: `<realm>-realm.json`, with `<realm>-users-<n>.json` beside it. Other names are no realm files. */
export async function readRealmDirectory(directory: string): Promise<RealmFile[]> {
  const names = await listed(directory);
  const realms: RealmFile[] = [];
  for (const name of names.filter((one) => one.endsWith('-realm.json')).sort()) {
    const prefix = name.slice(0, -'-realm.json'.length);
    const [realm] = await readRealmFile(join(directory, name));
    if (!realm) continue;
    const users: unknown[] = [...((realm.representation['users'] as unknown[] | undefined) ?? [])];
    for (const file of names.filter((one) => isUsersFile(one, prefix)).sort(byNumber)) {
      const content = new Fields(await readJson(join(directory, file)), join(directory, file));
      users.push(...((content.rest(new Set())['users'] as unknown[] | undefined) ?? []));
    }
    realms.push({ path: realm.path, representation: { ...realm.representation, ...(users.length === 0 ? {} : { users }) } });
  }
  return realms;
}

/** All `*.json` of a directory as realm files: what `start --import-realm` reads. Empty where the directory is absent. */
export async function readImportDirectory(directory: string): Promise<RealmFile[]> {
  const names = (await listed(directory).catch((error: unknown) => absent(error))).filter((name) => name.endsWith('.json'));
  const whole = await readRealmDirectory(directory).catch((error: unknown) => absent(error));
  const paired = new Set(names.filter((name) => name.endsWith('-realm.json') || /-users-\d+\.json$/.test(name)));
  const single: RealmFile[] = [];
  for (const name of names.sort()) if (!paired.has(name)) single.push(...(await readRealmFile(join(directory, name))));
  return [...whole, ...single];
}

/** Writes one JSON file that only its owner may read, for it holds secrets. */
export async function writeTransferFile(path: string, content: unknown): Promise<string> {
  try {
    await writeFile(path, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new ServerError('KG_BAD_IMPORT', `The file ${path} cannot be written: ${reason(error)}`, { cause: error });
  }
  return path;
}

/** Writes one JSON file with its users page by page, so that no more than a page is in memory. */
export async function writeUsersFile(path: string, content: Representation, pages: AsyncIterable<readonly unknown[]>): Promise<string> {
  async function* text(): AsyncGenerator<string> {
    const whole = JSON.stringify(content, undefined, 2);
    yield `${whole.slice(0, -2)}${Object.keys(content).length === 0 ? '' : ','}\n  "users": [`;
    let first = true;
    for await (const page of pages) {
      for (const user of page) {
        yield `${first ? '' : ','}\n${JSON.stringify(user)}`;
        first = false;
      }
    }
    yield '\n  ]\n}\n';
  }
  try {
    await pipeline(text, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    throw new ServerError('KG_BAD_IMPORT', `The file ${path} cannot be written: ${reason(error)}`, { cause: error });
  }
  return path;
}

export async function makeTransferDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ServerError('KG_BAD_IMPORT', `The directory ${path} cannot be made: ${reason(error)}`, { cause: error });
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) throw new Error(`it has ${size} bytes, at most ${maxFileBytes} are read`);
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ServerError('KG_BAD_IMPORT', `The realm file ${path} cannot be read: ${reason(error)}`, { cause: error });
  }
}

async function listed(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw new ServerError('KG_BAD_IMPORT', `The directory ${directory} cannot be read: ${reason(error)}`, { cause: error });
  }
}

function absent(error: unknown): never[] {
  const cause = error instanceof ServerError ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
  throw error;
}

function isUsersFile(name: string, prefix: string): boolean {
  return name.startsWith(`${prefix}-users-`) && /^\d+\.json$/.test(name.slice(prefix.length + '-users-'.length));
}

function byNumber(a: string, b: string): number {
  const number = (name: string) => Number(/(\d+)\.json$/.exec(name)?.[1]);
  return number(a) - number(b);
}

/** JSON errors of the runtime quote a part of the text, which may be a secret: only the position is kept. */
function reason(error: unknown): string {
  if (error instanceof SyntaxError)
    return `it is no JSON (${/position \d+(?: \(line \d+ column \d+\))?/.exec(error.message)?.[0] ?? 'unexpected end'})`;
  return error instanceof Error ? error.message : String(error);
}
