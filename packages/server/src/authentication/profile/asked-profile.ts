import type { Realm, User } from '../../model/index.ts';
import { isEditable, isRequired, isVisible, type ProfileAttribute, profileOf, type UserProfile } from '../../realm/user-profile/profile.ts';

/** Where a person fills the profile in. */
export type ProfileOccasion = 'register' | 'update';

/** The part of the realm's profile that a person is asked for on a page. */
export interface AskedProfile {
  readonly profile: UserProfile;
  /** The user name is the address: nobody types it. */
  readonly nameIsEmail: boolean;
}

/**
 * The profile as it is for one login: attributes that belong to scopes are there, or required, where the application asked for one of the scopes.
 * @param scopes names of the client scopes of the login
 */
export function askedProfile(realm: Realm, occasion: ProfileOccasion, scopes: ReadonlySet<string>): AskedProfile {
  const asksFor = (wanted: readonly string[] | undefined): boolean =>
    wanted === undefined || wanted.length === 0 || wanted.some((scope) => scopes.has(scope));
  const nameIsEmail = realm.registrationEmailAsUsername;
  const fixedName = occasion === 'update' && !realm.editUsernameAllowed;
  const attributes = profileOf(realm)
    .attributes.filter(({ name }) => name !== 'username' || (!nameIsEmail && !fixedName))
    .filter((attribute) => isVisible(attribute, 'user') && asksFor(attribute.selector?.scopes))
    .map((attribute): ProfileAttribute => {
      const { required, ...others } = attribute;
      const ofScopes = required?.scopes ?? [];
      if (required === undefined || ofScopes.length === 0) return attribute;
      // By scope alone where no role is named; by both where one is.
      const byRole = required.roles === undefined || required.roles.length === 0 || required.roles.includes('user');
      return byRole && asksFor(ofScopes) ? { ...others, required: { roles: ['user'] } } : others;
    });
  return { profile: { ...profileOf(realm), attributes }, nameIsEmail };
}

export interface ProfileOption {
  readonly value: string;
  readonly label: string;
  readonly chosen: boolean;
}

/** A field of the form, as templates draw it. */
export interface ProfileField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly readOnly: boolean;
  /** `text`, `email`, `textarea`, `select`, `multiselect`, `radio`, `checkboxes`, or another type of an HTML input. */
  readonly input: string;
  readonly multivalued: boolean;
  readonly values: readonly string[];
  readonly options: readonly ProfileOption[];
  readonly autocomplete: string | undefined;
  readonly helpBefore: string | undefined;
  readonly helpAfter: string | undefined;
  readonly placeholder: string | undefined;
}

const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  username: 'username',
  email: 'email',
  firstName: 'given-name',
  lastName: 'family-name',
};
/** Annotation `inputType` of Keycloak and what it is drawn as. */
const INPUTS: Readonly<Record<string, string>> = {
  textarea: 'textarea',
  select: 'select',
  multiselect: 'multiselect',
  'select-radiobuttons': 'radio',
  'multiselect-checkboxes': 'checkboxes',
};
const HTML_INPUTS = /^html5-(email|tel|url|number|date|datetime-local|month|time|range)$/;

/** The fields of the form with the values to show. */
export function profileFields(asked: AskedProfile, valuesOf: (name: string) => readonly string[]): readonly ProfileField[] {
  return asked.profile.attributes.map((attribute): ProfileField => {
    const { name, annotations = {}, displayName, multivalued = false, validations = {}, defaultValue } = attribute;
    const known = valuesOf(name).filter((value) => value !== '');
    const values = known.length === 0 && defaultValue !== undefined ? [defaultValue] : known;
    const inputType = textIn(annotations, 'inputType') ?? '';
    const labels = (annotations['inputOptionLabels'] ?? {}) as Readonly<Record<string, unknown>>;
    const offered = optionsOf(validations, textIn(annotations, 'inputOptionsFromValidation') ?? 'options');
    return {
      name,
      label: displayName ?? name,
      required: isRequired(attribute, 'user'),
      readOnly: !isEditable(attribute, 'user'),
      input: INPUTS[inputType] ?? HTML_INPUTS.exec(inputType)?.[1] ?? (name === 'email' ? 'email' : 'text'),
      multivalued,
      values,
      options: offered.map((value) => ({ value, label: String(labels[value] ?? value), chosen: values.includes(value) })),
      autocomplete: AUTOCOMPLETE[name],
      helpBefore: textIn(annotations, 'inputHelperTextBefore'),
      helpAfter: textIn(annotations, 'inputHelperTextAfter'),
      placeholder: textIn(annotations, 'inputTypePlaceholder'),
    };
  });
}

function textIn(annotations: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = annotations[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function optionsOf(validations: Readonly<Record<string, Readonly<Record<string, unknown>>>>, rule: string): readonly string[] {
  const options = validations[rule]?.['options'];
  return Array.isArray(options) ? options.filter((option): option is string => typeof option === 'string') : [];
}

/** The values of a user by attribute. */
export function valuesOfUser(user: User): (name: string) => readonly string[] {
  const fixed: Readonly<Record<string, string | undefined>> = {
    username: user.username,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
  };
  return (name) => {
    if (name in fixed) return fixed[name] === undefined ? [] : [fixed[name]];
    return user.attributes[name] ?? [];
  };
}
