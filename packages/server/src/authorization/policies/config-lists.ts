import { refused } from '../refusal.ts';
import type { PolicyConfig } from './policy-type.ts';

/** Entries of one list in a policy. */
const MAX_ENTRIES = 10_000;

const parsed = new WeakMap<PolicyConfig, Map<string, readonly unknown[]>>();

/** A list that stands in the config as a JSON text; read once for each config, which never changes. */
export function configList(config: PolicyConfig, name: string): readonly unknown[] {
  let lists = parsed.get(config);
  if (lists === undefined) {
    lists = new Map();
    parsed.set(config, lists);
  }
  let list = lists.get(name);
  if (list === undefined) {
    list = listOf(config[name]);
    lists.set(name, list);
  }
  return list;
}

/** The texts of such a list. */
export function configTexts(config: PolicyConfig, name: string): readonly string[] {
  return configList(config, name).filter((one) => typeof one === 'string');
}

/** An entry of a list of objects, or a text that stands for `{id}`. */
export interface Entry {
  readonly id?: string | undefined;
  readonly path?: string | undefined;
  readonly required?: boolean;
  readonly extendChildren?: boolean;
}

export function configEntries(config: PolicyConfig, name: string): readonly Entry[] {
  return entriesOf(configList(config, name));
}

export function entriesOf(list: unknown): readonly Entry[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list) || list.length > MAX_ENTRIES) throw refused(400, 'invalid_request', `a list of at most ${MAX_ENTRIES} entries`);
  return list.flatMap((one: unknown) => {
    if (typeof one === 'string') return [{ id: one }];
    if (typeof one !== 'object' || one === null) return [];
    const { id, path, required, extendChildren } = one as Record<string, unknown>;
    return [
      {
        ...(typeof id === 'string' ? { id } : {}),
        ...(typeof path === 'string' ? { path } : {}),
        ...(required === undefined ? {} : { required: required === true || required === 'true' }),
        ...(extendChildren === undefined ? {} : { extendChildren: extendChildren === true || extendChildren === 'true' }),
      },
    ];
  });
}

/** The texts of a list of a body. @throws ReplyError 400. */
export function textsOf(list: unknown): readonly string[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list) || list.length > MAX_ENTRIES || list.some((one) => typeof one !== 'string')) {
    throw refused(400, 'invalid_request', `a list of at most ${MAX_ENTRIES} texts is wanted`);
  }
  return list as string[];
}

/** Without duplicates, in their order. */
export function distinct(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}

function listOf(text: string | undefined): readonly unknown[] {
  if (text === undefined || text === '') return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
