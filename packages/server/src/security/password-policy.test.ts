import { describe, expect, it } from 'vitest';
import type { Realm, User } from '../model/index.ts';
import { firstViolation, passwordPolicy } from './password-policy.ts';

const user = { username: 'ann', email: 'ann@example.org' } as User;
const check = (policy: string, password: string) => firstViolation({ passwordPolicy: policy } as Realm, user, password)?.message;

describe('password policy', () => {
  it.each([
    ['length(8)', '1234567', 'invalidPasswordMinLengthMessage'],
    ['length(8)', '12345678', undefined],
    ['length', '1234567', 'invalidPasswordMinLengthMessage'],
    ['length(undefined)', '1234567', 'invalidPasswordMinLengthMessage'],
    ['maxLength(3)', '1234', 'invalidPasswordMaxLengthMessage'],
    ['maxLength(3)', '123', undefined],
    ['digits(2)', 'a1b', 'invalidPasswordMinDigitsMessage'],
    ['digits(2)', 'a1b2', undefined],
    ['upperCase(1)', 'abc', 'invalidPasswordMinUpperCaseCharsMessage'],
    ['upperCase(1)', 'aBc', undefined],
    ['upperCase(1)', 'aÄc', undefined],
    ['lowerCase(1)', 'ABC', 'invalidPasswordMinLowerCaseCharsMessage'],
    ['lowerCase(1)', 'AbC', undefined],
    ['specialChars(1)', 'abc1', 'invalidPasswordMinSpecialCharsMessage'],
    ['specialChars(1)', 'abc!', undefined],
    ['specialChars(1)', 'ab c', undefined],
    ['notUsername(undefined)', 'Ann', 'invalidPasswordNotUsernameMessage'],
    ['notUsername', 'ann1', undefined],
    ['notContainsUsername', 'xANNx', 'invalidPasswordNotContainsUsernameMessage'],
    ['notEmail(undefined)', 'ANN@example.org', 'invalidPasswordNotEmailMessage'],
    ['notEmail', 'other', undefined],
    ['regexPattern(^[a-z]+$)', 'abc', undefined],
    ['regexPattern([a-z]+)', 'abc1', 'invalidPasswordRegexPatternMessage'],
    ['regexPattern((a|b)+)', 'abab', undefined],
    ['regexPattern([)', 'abc', 'invalidPasswordRegexPatternMessage'],
    ['length(3) and digits(1)', 'abc', 'invalidPasswordMinDigitsMessage'],
    ['length(3) and digits(1) and notUsername', 'abc1', undefined],
    ['unheardOf(3)', 'x', undefined],
    ['', '', undefined],
  ])('%s with %j gives %s', (policy, password, expected) => {
    expect(check(policy, password)).toBe(expected);
  });

  it('carries the limit of the broken rule as a parameter', () => {
    expect(firstViolation({ passwordPolicy: 'length(12)' } as Realm, user, 'x')).toEqual({
      message: 'invalidPasswordMinLengthMessage',
      parameters: ['12'],
    });
  });

  it('names the hash and the history that the realm asks for', () => {
    expect(passwordPolicy('hashAlgorithm(pbkdf2-sha256) and hashIterations(1000) and passwordHistory(4)')).toMatchObject({
      hashAlgorithm: 'pbkdf2-sha256',
      hashIterations: 1000,
      passwordHistory: 4,
    });
    expect(passwordPolicy('length(8)')).toMatchObject({ hashAlgorithm: undefined, hashIterations: undefined, passwordHistory: 0 });
  });
});
