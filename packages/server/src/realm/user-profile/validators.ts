import type { Representation } from '../fields.ts';

/** A value that breaks a rule; `parameters` go into the text of the message. */
export interface Fault {
  readonly message: string;
  readonly parameters: readonly unknown[];
}

type Check = (value: string, settings: Representation) => Fault | undefined;

/** Signs of markup and of patterns. */
const BAD_IN_PERSON_NAME = /[<>&"$%!#?§;*~/\\|^={}[\]()\p{Cc}]/u;
/** What user names may not hold besides. */
const BAD_IN_USERNAME = /[\s',:`]/u;
const EMAIL = /^[^\s@"<>(),:;[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Longest value that a pattern of an administrator is held against. */
const MAX_MATCHED_CHARACTERS = 2_048;

const fault = (message: string, ...parameters: unknown[]): Fault => ({ message, parameters });

/** Judges one value each; an empty value is left to whether the attribute is required. */
const checks: Readonly<Record<string, Check>> = {
  length(value, settings) {
    const [min, max] = [numberOf(settings['min']), numberOf(settings['max'])];
    const { length } = settings['trim-disabled'] === true || settings['trim-disabled'] === 'true' ? value : value.trim();
    if ((min === undefined || length >= min) && (max === undefined || length <= max)) return undefined;
    if (min !== undefined && max !== undefined) return fault('error-invalid-length', min, max);
    return min === undefined ? fault('error-invalid-length-too-long', null, max) : fault('error-invalid-length-too-short', min, null);
  },
  email: (value) => (EMAIL.test(value) ? undefined : fault('error-invalid-email', value)),
  'username-prohibited-characters': (value, settings) =>
    BAD_IN_PERSON_NAME.test(value) || BAD_IN_USERNAME.test(value)
      ? fault(messageOf(settings, 'error-username-invalid-character'))
      : undefined,
  'person-name-prohibited-characters': (value, settings) =>
    BAD_IN_PERSON_NAME.test(value) ? fault(messageOf(settings, 'error-person-name-invalid-character')) : undefined,
  'up-username-not-idn-homograph': (value, settings) =>
    [...value.normalize('NFKC')].some(isForeign) ? fault(messageOf(settings, 'error-username-invalid-character')) : undefined,
  pattern(value, settings) {
    const pattern = String(settings['pattern'] ?? '');
    const matches = value.length <= MAX_MATCHED_CHARACTERS && new RegExp(`^(?:${pattern})$`, 'u').test(value);
    return matches ? undefined : fault(messageOf(settings, 'error-pattern-no-match'), pattern);
  },
  options(value, settings) {
    const options = settings['options'];
    return Array.isArray(options) && options.includes(value) ? undefined : fault('error-invalid-value');
  },
  integer: (value, settings) => inRange(value, /^[+-]?\d{1,18}$/, settings),
  double: (value, settings) => inRange(value, /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/, settings),
  uri(value) {
    if (!URL.canParse(value)) return fault('error-invalid-uri', value, 'URI is not absolute');
    return /^https?:$/.test(new URL(value).protocol) ? undefined : fault('error-invalid-uri-scheme', value);
  },
  'iso-date': (value) => (isDate(value) ? undefined : fault('error-invalid-date', value)),
  'local-date': (value) => (isDate(value) ? undefined : fault('error-invalid-date', value)),
};

/** Names of all validators; `multivalued` judges the list and not its values. */
export const validatorNames: readonly string[] = [...Object.keys(checks), 'multivalued'].sort();

/** What is wrong with the values of an attribute by one validator. An unknown validator lets everything through. */
export function judge(validator: string, values: readonly string[], settings: Representation): readonly Fault[] {
  const given = values.filter((value) => value !== '');
  if (validator === 'multivalued') {
    const [min, max] = [numberOf(settings['min']), numberOf(settings['max'])];
    const few = min !== undefined && given.length < min;
    const many = max !== undefined && given.length > max;
    return few || many ? [fault('error-invalid-multivalued-size', min ?? null, max ?? null)] : [];
  }
  const check = checks[validator];
  return check === undefined ? [] : given.flatMap((value) => check(value, settings) ?? []);
}

function inRange(value: string, form: RegExp, settings: Representation): Fault | undefined {
  if (!form.test(value.trim())) return fault('error-invalid-number');
  const number = Number(value);
  const [min, max] = [numberOf(settings['min']), numberOf(settings['max'])];
  if ((min === undefined || number >= min) && (max === undefined || number <= max)) return undefined;
  if (min !== undefined && max !== undefined) return fault('error-number-out-of-range', min, max);
  return min === undefined
    ? fault('error-number-out-of-range-too-big', null, max)
    : fault('error-number-out-of-range-too-small', min, null);
}

function isDate(value: string): boolean {
  return ISO_DATE.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
}

/** Letters of other scripts may look like Latin ones; Latin letters with marks are themselves. */
function isForeign(character: string): boolean {
  return /\p{L}/u.test(character) && !/\p{Script=Latin}/u.test(character);
}

const messageOf = (settings: Representation, usual: string): string =>
  typeof settings['error-message'] === 'string' && settings['error-message'] !== '' ? settings['error-message'] : usual;

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
