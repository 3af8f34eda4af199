import { ReplyError } from '../http/errors.ts';
import type { Fields } from '../realm/fields.ts';

// The rules of the default user profile for what an administrator writes. (An administrator may leave out what users must give.)

const MIN_USERNAME = 3;
const MAX_CHARACTERS = 255;
/** What the names of people may not hold: signs of markup and of patterns. */
const BAD_IN_PERSON_NAME = /[<>&"$%!#?§;*~/\\|^={}[\]()\p{Cc}]/u;
/** What user names may not hold besides. */
const BAD_IN_USERNAME = /[\s',:`]/u;
const EMAIL = /^[^\s@"<>(),:;[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

interface Violation {
  readonly field: string;
  readonly errorMessage: string;
  readonly params: readonly unknown[];
}

/** Judges the names and the address of a user representation; several faults come as a list. @throws ReplyError 400. */
export function checkProfile(fields: Fields): void {
  const violations = [...username(fields), ...email(fields), ...personName(fields, 'firstName'), ...personName(fields, 'lastName')];
  if (violations.length === 1) throw new ReplyError(400, violations[0]);
  if (violations.length > 1) throw new ReplyError(400, { errors: violations });
}

function username(fields: Fields): Violation[] {
  const value = fields.text('username')?.trim();
  if (value === undefined || value === '') return [];
  if (value.length < MIN_USERNAME || value.length > MAX_CHARACTERS) return [length('username', MIN_USERNAME)];
  return BAD_IN_PERSON_NAME.test(value) || BAD_IN_USERNAME.test(value)
    ? [{ field: 'username', errorMessage: 'error-username-invalid-character', params: ['username'] }]
    : [];
}

function email(fields: Fields): Violation[] {
  const value = fields.text('email')?.trim();
  if (value === undefined || value === '') return [];
  if (value.length > MAX_CHARACTERS) return [length('email', 0)];
  return EMAIL.test(value) ? [] : [{ field: 'email', errorMessage: 'error-invalid-email', params: ['email', value] }];
}

function personName(fields: Fields, field: 'firstName' | 'lastName'): Violation[] {
  const value = fields.text(field);
  if (value === undefined || value === '') return [];
  if (value.length > MAX_CHARACTERS) return [length(field, 0)];
  return BAD_IN_PERSON_NAME.test(value) ? [{ field, errorMessage: 'error-person-name-invalid-character', params: [field] }] : [];
}

function length(field: string, minimum: number): Violation {
  return { field, errorMessage: 'error-invalid-length', params: [field, minimum, MAX_CHARACTERS] };
}
