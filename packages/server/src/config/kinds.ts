import { isIP } from 'node:net';
import { parseDurationMs } from './duration.ts';

/** A reading of an option's text: the value, or why there is none. */
export type Reading<V> = { readonly value: V } | { readonly problem: string } | { readonly message: string };

/** The type of an option: how its text is read and what help shows for it. `problem` completes "Invalid value for option …: ". */
export interface Kind<V> {
  readonly type: 'string' | 'int' | 'boolean' | 'enum' | 'list' | 'file' | 'duration';
  readonly label: string;
  readonly allowed?: readonly string[];
  /** False: any other text is accepted too. */
  readonly strict?: boolean;
  read(text: string): Reading<V>;
}

export function string(label: string): Kind<string> {
  return { type: 'string', label, read: (text) => ({ value: text }) };
}

/** A path; relative ones are resolved by whoever opens the file. */
export function file(label = 'file'): Kind<string> {
  return { type: 'file', label, read: (text) => ({ value: text }) };
}

export interface IntRange {
  readonly min?: number;
  readonly max?: number;
}

export function int(label: string, range: IntRange = {}): Kind<number> {
  return {
    type: 'int',
    label,
    read(text) {
      const value = Number(text);
      if (!/^[+-]?\d{1,15}$/.test(text) || !Number.isSafeInteger(value)) return { problem: `Expected an integer value, got "${text}"` };
      if (range.min !== undefined && value < range.min) return { problem: `Expected at least ${range.min}, got "${text}"` };
      if (range.max !== undefined && value > range.max) return { problem: `Expected at most ${range.max}, got "${text}"` };
      return { value };
    },
  };
}

/** A TCP port; 0 lets the system choose. */
export function port(label = 'port'): Kind<number> {
  return int(label, { min: 0, max: 65_535 });
}

export function boolean(): Kind<boolean> {
  return {
    type: 'boolean',
    label: 'true|false',
    allowed: ['true', 'false'],
    read(text) {
      if (text === 'true' || text === 'false') return { value: text === 'true' };
      return { problem: `${text}. Expected values are: true, false` };
    },
  };
}

export interface ChoiceRule {
  readonly ignoreCase?: boolean;
}

/** One of `allowed`; anything else is refused. */
export function choice<const A extends readonly string[]>(label: string, allowed: A, rule: ChoiceRule = {}): Kind<A[number]> {
  return {
    type: 'enum',
    label,
    allowed,
    read(text) {
      const wanted = rule.ignoreCase === true ? text.toLowerCase() : text;
      const found = allowed.find((value) => value === wanted);
      if (found !== undefined) return { value: found };
      return { problem: `${text}. Expected values are${rule.ignoreCase === true ? ' (case insensitive)' : ''}: ${allowed.join(', ')}` };
    },
  };
}

/** One of `allowed` or anything of the user's own. */
export function openChoice(label: string, allowed: readonly string[]): Kind<string> {
  return { type: 'enum', label, allowed, strict: false, read: (text) => ({ value: text }) };
}

export function list(label: string, allowed?: readonly string[]): Kind<readonly string[]> {
  return {
    type: 'list',
    label,
    ...(allowed === undefined ? {} : { allowed }),
    read(text) {
      const value = text.split(',').map((part) => part.trim());
      const wrong = value.find((part) => part === '' || (allowed !== undefined && !allowed.includes(part)));
      if (wrong === undefined) return { value };
      return {
        problem:
          allowed === undefined ? `${text}. Expected a list without empty parts` : `${wrong}. Expected values are: ${allowed.join(', ')}`,
      };
    },
  };
}

/** IP addresses and CIDR blocks. */
export function addressBlocks(label: string): Kind<readonly string[]> {
  const blocks = list(label);
  return {
    ...blocks,
    read(text) {
      const reading = blocks.read(text);
      if (!('value' in reading)) return reading;
      const wrong = reading.value.find((entry) => !isAddressBlock(entry));
      return wrong === undefined ? reading : { problem: `${wrong} is neither an IP address nor a CIDR block` };
    },
  };
}

function isAddressBlock(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** Milliseconds. */
export function duration(label = 'duration'): Kind<number> {
  return {
    type: 'duration',
    label,
    read(text) {
      const value = parseDurationMs(text);
      if (value !== undefined) return { value };
      return {
        message: `Invalid duration format '${text}'. May be an ISO 8601 duration value, an integer number of seconds, or an integer followed by one of [ms, h, m, s, d].`,
      };
    },
  };
}
