import type { Realm, User } from '../model/index.ts';
import { PASSWORD_RULES } from './password-rules.ts';

/** One entry of a policy text such as `length(8) and notUsername(undefined)`. */
export interface PolicyEntry {
  readonly name: string;
  readonly argument: string | undefined;
}

/** Message key and parameters of a broken rule. */
export interface PolicyViolation {
  readonly message: string;
  readonly parameters: readonly string[];
}

export interface PasswordPolicy {
  readonly entries: readonly PolicyEntry[];
  /** `hashAlgorithm`, if the policy names one. */
  readonly hashAlgorithm: string | undefined;
  readonly hashIterations: number | undefined;
  /** How many earlier passwords may not be used again; 0 = any may. */
  readonly passwordHistory: number;
}

const MAX_CACHED_POLICIES = 1_000;
const parsed = new Map<string, PasswordPolicy>();

/** Reads a policy text; the same text is read once. Unknown rules are kept as entries and check nothing. */
export function passwordPolicy(text: string): PasswordPolicy {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const entries = text
    .split(/\s+and\s+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(entryOf);
  const argumentOf = (name: string) => entries.find((entry) => entry.name === name)?.argument;
  const iterations = Number(argumentOf('hashIterations'));
  const history = Number(argumentOf('passwordHistory') ?? (entries.some((entry) => entry.name === 'passwordHistory') ? 3 : 0));
  const policy: PasswordPolicy = {
    entries,
    hashAlgorithm: argumentOf('hashAlgorithm'),
    hashIterations: Number.isInteger(iterations) && iterations > 0 ? iterations : undefined,
    passwordHistory: Number.isInteger(history) && history > 0 ? history : 0,
  };
  if (parsed.size >= MAX_CACHED_POLICIES) parsed.clear();
  parsed.set(text, policy);
  return policy;
}

/** The first rule of the realm's policy that `password` breaks. Rules that need the stored passwords are checked by their caller. */
export function firstViolation(realm: Realm, user: User, password: string): PolicyViolation | undefined {
  for (const { name, argument } of passwordPolicy(realm.passwordPolicy).entries) {
    const violation = PASSWORD_RULES[name]?.(password, argument, user);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function entryOf(part: string): PolicyEntry {
  const open = part.indexOf('(');
  if (open < 0 || !part.endsWith(')')) return { name: part, argument: undefined };
  const argument = part.slice(open + 1, -1);
  return { name: part.slice(0, open), argument: argument === '' || argument === 'undefined' ? undefined : argument };
}
