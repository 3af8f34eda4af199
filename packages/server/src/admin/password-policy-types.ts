/** The rules that a password policy can hold, as `serverinfo` shows them: id, label, default value (`''` for rules without one). */
const rules: readonly (readonly [id: string, displayName: string, type: 'int' | 'String' | undefined, defaultValue: string])[] = [
  ['length', 'Minimum Length', 'int', '8'],
  ['maxLength', 'Maximum Length', 'int', '64'],
  ['digits', 'Digits', 'int', '1'],
  ['lowerCase', 'Lowercase Characters', 'int', '1'],
  ['upperCase', 'Uppercase Characters', 'int', '1'],
  ['specialChars', 'Special Characters', 'int', '1'],
  ['notUsername', 'Not Username', undefined, ''],
  ['notEmail', 'Not Email', undefined, ''],
  ['notContainsUsername', 'Not Contains Username', undefined, ''],
  ['regexPattern', 'Regular Expression', 'String', ''],
  ['passwordHistory', 'Not Recently Used', 'int', '3'],
  ['hashAlgorithm', 'Hashing Algorithm', 'String', 'argon2'],
  ['hashIterations', 'Hashing Iterations', 'int', '-1'],
];

export const passwordPolicyTypes = rules.map(([id, displayName, configType, defaultValue]) => ({
  id,
  displayName,
  ...(configType === undefined ? {} : { configType, defaultValue }),
  multipleSupported: id === 'regexPattern',
}));
