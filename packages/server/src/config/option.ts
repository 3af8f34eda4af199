import type { Kind } from './kinds.ts';

/** The headings under which help and the reference list options. */
export const categories = [
  'Cache',
  'Database',
  'Feature',
  'Hostname',
  'HTTP(S)',
  'Health',
  'Management',
  'Metrics',
  'Proxy',
  'Logging',
  'Events',
  'Bootstrap Admin',
  'Import',
  'Export',
  'SPI',
  'Without effect',
] as const;
export type Category = (typeof categories)[number];

/** What a condition may look at: effective values as text (defaults included). */
export interface ValueView {
  text(name: string): string | undefined;
  enabled(name: string): boolean;
  feature(name: string): boolean;
}

/** When an option may be used. `text` completes the sentence "Available only when …" in Keycloak's words. */
export interface Condition {
  readonly text: string;
  holds(values: ValueView): boolean;
  /** 'short' answers `<name> available only when …` instead of "Disabled option"; 'help' only stands in the help and refuses nothing. */
  readonly refusal?: 'short' | 'help' | undefined;
}

/** One option, declared once: parsing, validation, help, show-config and docs/reference/options.md are made from it. */
export interface OptionDeclaration<V> {
  readonly kind: Kind<V>;
  readonly help: string;
  /** As it would be written on the command line. */
  readonly default?: string;
  /** Takes precedence over `default` where the server runs in development mode. */
  readonly developmentDefault?: string;
  /** Says in words what happens without a value, where no single default can be written down. */
  readonly defaultText?: string;
  readonly condition?: Condition;
  /** Never shown, logged or measured. */
  readonly secret?: boolean;
  /** Value -> what to do instead. */
  readonly deprecatedValues?: Readonly<Record<string, string>>;
  /** The SPI spelling that sets the same thing. */
  readonly spi?: string;
  /** Why a value has no effect here: accepted so that a Keycloak command line can be kept as it is, and said at start. */
  readonly inert?: string;
  /** As `inert`, for single values of a list or choice: value -> why. */
  readonly inertValues?: Readonly<Record<string, string>>;
  /** A boolean that may stand without a value. */
  readonly flag?: boolean;
  /** Left out of `--help`, shown by `--help-all`. */
  readonly advanced?: boolean;
  /** Shown by `--help` also where its condition does not hold: it is what people look for who turn that on. */
  readonly alwaysListed?: boolean;
}

export type OptionTable = Readonly<Record<string, OptionDeclaration<unknown>>>;

/** Typed identity: keeps the names and value types of a family. */
export function defineOptions<const T extends OptionTable>(table: T): T {
  return table;
}

/** The type of a value: without a default it may be absent. */
export type ValueOf<D> = D extends { readonly kind: Kind<infer V> } ? (D extends { readonly default: string } ? V : V | undefined) : never;
