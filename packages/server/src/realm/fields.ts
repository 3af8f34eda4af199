import { ServerError } from '../http/errors.ts';

/** A JSON object of a representation, as it came in. */
export type Representation = Readonly<Record<string, unknown>>;

const secretNames = /secret|password|value|privatekey|credential/i;
const maxShownCharacters = 80;
/** Deepest nesting of groups and the like. */
const maxDepth = 50;

/**
 * Reads the fields of one object of a realm file or of an Admin REST body. null counts as absent; numbers and booleans may come as texts,
 * as the original accepts them. Every refusal names the path of the field and, unless it may be a secret, the value.
 */
export class Fields {
  readonly #object: Representation;
  readonly #path: string;

  constructor(object: unknown, path: string) {
    if (path.split(' > ').length > maxDepth) throw new ServerError('KG_BAD_IMPORT', `${path.slice(0, 200)}: nested too deeply`);
    if (typeof object !== 'object' || object === null || Array.isArray(object)) {
      throw new ServerError('KG_BAD_IMPORT', `${path}: expected an object, got ${shown(path, object)}`);
    }
    this.#object = object as Representation;
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return typeof value === 'string' ? value : this.#refuse(name, 'a text');
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') return this.#refuse(name, 'a text that is not empty');
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    return this.#refuse(name, 'true or false');
  }

  /** A whole number that fits a JSON number exactly. */
  integer(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isSafeInteger(number) ? number : this.#refuse(name, 'a whole number');
  }

  choice<const T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one.toLowerCase() === value.toLowerCase());
    return found ?? this.#refuse(name, `one of ${allowed.join(', ')}`);
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) return this.#refuse(name, 'a list of texts');
    return value as string[];
  }

  /** Name -> text; numbers and booleans become texts, null entries are left out. */
  textMap(name: string): Readonly<Record<string, string>> | undefined {
    return this.#map(name, (value, key) => {
      if (typeof value === 'object') return this.#refuse(`${name}.${key}`, 'a text');
      return String(value);
    });
  }

  /** Name -> list of texts; a single text counts as a list of one. */
  textListMap(name: string): Readonly<Record<string, readonly string[]>> | undefined {
    return this.#map(name, (value, key) => {
      const list = Array.isArray(value) ? value : [value];
      return list.map((one) => (typeof one === 'object' ? this.#refuse(`${name}.${key}`, 'a list of texts') : String(one)));
    });
  }

  object(name: string): Fields | undefined {
    return this.has(name) ? new Fields(this.#value(name), `${this.#path}.${name}`) : undefined;
  }

  /** The objects of a list; `label` names the field that tells them apart in messages. */
  objects(name: string, label: string): readonly Fields[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.#refuse(name, 'a list');
    return value.map((one: unknown, index) => {
      const labelled = typeof one === 'object' && one !== null ? (one as Representation)[label] : undefined;
      return new Fields(one, `${this.#path} > ${name}[${typeof labelled === 'string' ? labelled : index}]`);
    });
  }

  /** What stands under names that are not `known`. */
  rest(known: ReadonlySet<string>): Representation {
    return Object.fromEntries(Object.entries(this.#object).filter(([name, value]) => !known.has(name) && value !== null));
  }

  names(): string[] {
    return Object.keys(this.#object).filter((name) => this.has(name));
  }

  /** Throws for a value that is well-formed but not possible here. */
  refuse(name: string, why: string): never {
    throw new ServerError('KG_BAD_IMPORT', `${this.#path}.${name}: ${shown(name, this.#value(name))} ${why}`);
  }

  #map<T>(name: string, read: (value: unknown, key: string) => T): Readonly<Record<string, T>> | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) return this.#refuse(name, 'an object');
    const entries = Object.entries(value as object).filter(([, one]) => one !== null);
    return Object.fromEntries(entries.map(([key, one]) => [key, read(one, key)]));
  }

  #value(name: string): unknown {
    return (Object.hasOwn(this.#object, name) ? this.#object[name] : undefined) ?? undefined;
  }

  #refuse(name: string, expected: string): never {
    throw new ServerError('KG_BAD_IMPORT', `${this.#path}.${name}: expected ${expected}, got ${shown(name, this.#value(name))}`);
  }
}

function shown(name: string, value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (secretNames.test(name)) return `a ${Array.isArray(value) ? 'list' : typeof value} that is not shown`;
  const text = JSON.stringify(value);
  return text.length > maxShownCharacters ? `${text.slice(0, maxShownCharacters)}…` : text;
}
