import type { User } from '../model/index.ts';
import type { PolicyViolation } from './password-policy.ts';

/** A rule sees the new password, its argument in the policy text and the user; undefined = kept. */
export type PasswordRule = (password: string, argument: string | undefined, user: User) => PolicyViolation | undefined;

/** Any character outside letters and digits counts as special. */
const SPECIAL = /[^\p{L}\p{Nd}]/gu;

function limit(argument: string | undefined, otherwise: number): number {
  const value = Number(argument ?? otherwise);
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
}

function atLeast(pattern: RegExp, message: string): PasswordRule {
  return (password, argument) => {
    const minimum = limit(argument, 1);
    return (password.match(pattern)?.length ?? 0) < minimum ? { message, parameters: [String(minimum)] } : undefined;
  };
}

const minimumLength: PasswordRule = (password, argument) => {
  const minimum = limit(argument, 8);
  return password.length < minimum ? { message: 'invalidPasswordMinLengthMessage', parameters: [String(minimum)] } : undefined;
};

const maximumLength: PasswordRule = (password, argument) => {
  const maximum = limit(argument, 64);
  return password.length > maximum ? { message: 'invalidPasswordMaxLengthMessage', parameters: [String(maximum)] } : undefined;
};

const notUsername: PasswordRule = (password, _argument, user) =>
  password.toLowerCase() === user.username.toLowerCase() ? { message: 'invalidPasswordNotUsernameMessage', parameters: [] } : undefined;

const notContainsUsername: PasswordRule = (password, _argument, user) =>
  user.username !== '' && password.toLowerCase().includes(user.username.toLowerCase())
    ? { message: 'invalidPasswordNotContainsUsernameMessage', parameters: [] }
    : undefined;

const notEmail: PasswordRule = (password, _argument, user) =>
  user.email !== undefined && password.toLowerCase() === user.email.toLowerCase()
    ? { message: 'invalidPasswordNotEmailMessage', parameters: [] }
    : undefined;

const regexPattern: PasswordRule = (password, argument) => {
  if (argument === undefined) return undefined;
  const broken: PolicyViolation = { message: 'invalidPasswordRegexPatternMessage', parameters: [argument] };
  try {
    return new RegExp(`^(?:${argument})$`, 'u').test(password) ? undefined : broken;
  } catch {
    // A pattern that cannot be read lets nothing pass: a policy must not be switched off by a typing error.
    return broken;
  }
};

/** The rules by their name in the policy text; `hashAlgorithm`, `hashIterations` and `passwordHistory` are read elsewhere. */
export const PASSWORD_RULES: Readonly<Record<string, PasswordRule>> = {
  length: minimumLength,
  maxLength: maximumLength,
  digits: atLeast(/\p{Nd}/gu, 'invalidPasswordMinDigitsMessage'),
  lowerCase: atLeast(/\p{Ll}/gu, 'invalidPasswordMinLowerCaseCharsMessage'),
  upperCase: atLeast(/\p{Lu}/gu, 'invalidPasswordMinUpperCaseCharsMessage'),
  specialChars: atLeast(SPECIAL, 'invalidPasswordMinSpecialCharsMessage'),
  notUsername,
  notContainsUsername,
  notEmail,
  regexPattern,
};
