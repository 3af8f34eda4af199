import type { UserProfile } from './profile.ts';
import { validatorNames } from './validators.ts';

const ROLES: readonly string[] = ['admin', 'user'];
const NAME = /^[A-Za-z0-9._-]+$/;
const POLICIES = new Set(['ENABLED', 'ADMIN_VIEW', 'ADMIN_EDIT', 'DISABLED']);
/** Attributes that no profile is without. */
const FIXED = ['username', 'email'] as const;
const MAX_ATTRIBUTES = 500;
/** The length of the stored text. */
const MAX_CHARACTERS = 200_000;

/** What is wrong with a profile, in Keycloak's words; empty where it can be used. */
export function faultsOfProfile(profile: UserProfile): readonly string[] {
  const { attributes = [], groups = [] } = profile;
  for (const name of FIXED) {
    if (!attributes.some((attribute) => attribute.name === name)) return [`The attribute '${name}' can not be removed`];
  }
  if (attributes.length > MAX_ATTRIBUTES) return [`More than ${MAX_ATTRIBUTES} attributes`];
  if (JSON.stringify(profile).length > MAX_CHARACTERS) return [`The profile has more than ${MAX_CHARACTERS} characters`];
  if (profile.unmanagedAttributePolicy !== undefined && !POLICIES.has(profile.unmanagedAttributePolicy)) {
    return [`Unknown policy '${profile.unmanagedAttributePolicy}' for unmanaged attributes`];
  }
  const seen = new Set<string>();
  const known = new Set(groups.map(({ name }) => name));
  return attributes.flatMap((attribute) => {
    const { name, permissions, required, validations = {}, group } = attribute;
    if (!name) return ["Attribute configuration without 'name' is not allowed"];
    const faults: string[] = [];
    if (!NAME.test(name))
      faults.push(`Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): ${name}'`);
    if (seen.has(name)) faults.push(`Attribute configuration already exists with 'name':'${name}'`);
    seen.add(name);
    for (const [rule, settings] of Object.entries(validations)) faults.push(...faultsOfRule(name, rule, settings ?? {}));
    for (const [where, roles] of [
      ['permissions.view', permissions?.view],
      ['permissions.edit', permissions?.edit],
      ['required.roles', required?.roles],
    ] as const) {
      for (const role of roles ?? []) {
        if (!ROLES.includes(role)) faults.push(`'${where}' configuration for attribute '${name}' contains unsupported role '${role}'`);
      }
    }
    if (group && !known.has(group)) faults.push(`Attribute '${name}' references unknown group '${group}'`);
    return faults;
  });
}

function faultsOfRule(name: string, rule: string, settings: Readonly<Record<string, unknown>>): readonly string[] {
  if (!validatorNames.includes(rule)) return [`Validator '${rule}' defined for attribute '${name}' doesn't exist`];
  const wrong = (hint: string, message: string, value: unknown): string =>
    `Validator '${rule}' defined for attribute '${name}' has incorrect configuration: ValidationError{validatorId='${rule}', inputHint='${hint}', message='${message}', messageParameters=[${String(value)}]}`;
  const numbers = ['min', 'max'].flatMap((hint) => {
    const value = settings[hint];
    const isNumber = value === undefined || value === null || value === '' || Number.isFinite(Number(value));
    return isNumber ? [] : [wrong(hint, 'error-validator-config-invalid-number-value', value)];
  });
  const { pattern } = settings;
  if (rule !== 'pattern' || (typeof pattern === 'string' && isPattern(pattern))) return numbers;
  return [...numbers, wrong('pattern', 'error-validator-config-invalid-value', pattern)];
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
