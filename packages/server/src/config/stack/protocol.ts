import type { Kind } from '../kinds.ts';

/** A place in a file, for messages: `cache-ispn.xml:12:5`. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export function showPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** One protocol of a stack, as it is written: attribute values with their `${property:default}` unexpanded. */
export interface StackProtocol {
  /** Without the abbreviation of its package: `GMS`, not `pbcast.GMS`. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Undefined in the stacks that come with the server. */
  readonly place?: Place | undefined;
}

export type ProtocolRole =
  | 'transport'
  | 'discovery'
  | 'failure detection'
  | 'membership'
  | 'delivery'
  | 'flow control'
  | 'encryption'
  | 'others';

/** What becomes of an attribute here. */
export type AttributeRule =
  | { readonly effect: 'used'; readonly becomes: string; readonly kind: Kind<unknown> }
  /** Accepted, and said at start. */
  | { readonly effect: 'none'; readonly because: string }
  /** Accepted in silence: what it asks for is so anyway, or has nothing to act on. */
  | { readonly effect: 'harmless'; readonly because: string }
  | { readonly effect: 'refused'; readonly because: string };

/** A protocol of JGroups, declared once: judging a stack and docs/reference/stacks.md are made from it. */
export interface ProtocolRule {
  readonly role: ProtocolRole;
  /** What does its work here. */
  readonly becomes: string;
  /** Why a stack that holds it is refused. */
  readonly refused?: string;
  readonly attributes: Readonly<Record<string, AttributeRule>>;
}

type Rules = Readonly<Record<string, AttributeRule>>;

export function used(kind: Kind<unknown>, becomes: string): AttributeRule {
  return { effect: 'used', becomes, kind };
}

export function withoutEffect(because: string, names: readonly string[]): Rules {
  return Object.fromEntries(names.map((name) => [name, { effect: 'none', because } as const]));
}

export function harmless(because: string, names: readonly string[]): Rules {
  return Object.fromEntries(names.map((name) => [name, { effect: 'harmless', because } as const]));
}

export function refusedAttributes(because: string, names: readonly string[]): Rules {
  return Object.fromEntries(names.map((name) => [name, { effect: 'refused', because } as const]));
}
