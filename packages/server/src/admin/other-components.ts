import type { Realm } from '../model/index.ts';
import { MASK } from '../realm/key-config.ts';

/** A component as Admin REST shows it. */
export interface Component {
  readonly id?: string;
  readonly name?: string;
  readonly providerId?: string;
  readonly providerType: string;
  readonly parentId: string;
  readonly subType?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

/** Names of settings that hold secrets: nobody but its provider knows which do, so every name that may is masked. */
const secretNames = /secret|password|credential|private.?key|token/i;
const MAX_DEPTH = 8;

/** The components of a realm that are no keys, as its import brought them: flat, parents before children, secrets masked. */
export function otherComponents(realm: Realm): readonly Component[] {
  return flatten(realm.other['components'], realm.id, 0);
}

/** What is left of the realm's components without one of them and its children. */
export function withoutComponent(components: unknown, id: string): Json {
  return Object.fromEntries(
    Object.entries(objectOf(components)).map(([type, list]) => [
      type,
      listOf(list)
        .filter((one) => one['id'] !== id)
        .map((one) => (one['subComponents'] === undefined ? one : { ...one, subComponents: withoutComponent(one['subComponents'], id) })),
    ]),
  );
}

function flatten(components: unknown, parentId: string, depth: number): Component[] {
  if (depth > MAX_DEPTH) return [];
  return Object.entries(objectOf(components)).flatMap(([providerType, list]) =>
    listOf(list).flatMap((one) => {
      const shown = { ...texts(one), providerType, parentId, config: masked(objectOf(one['config'])) };
      return [shown, ...flatten(one['subComponents'], shown.id ?? '', depth + 1)];
    }),
  );
}

function texts(one: Json): Pick<Component, 'id' | 'name' | 'providerId' | 'subType'> {
  return Object.fromEntries(
    ['id', 'name', 'providerId', 'subType'].flatMap((name) => (typeof one[name] === 'string' ? [[name, one[name]]] : [])),
  );
}

function masked(config: Json): Json {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, secretNames.test(name) ? [MASK] : value]));
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}
