import { defaultProfile, isEditable, isRequired, isVisible, type ProfileViewer, type UserProfile } from './profile.ts';
import { judge } from './validators.ts';

/** A fault of one field, as the consoles show it. */
export interface Violation {
  readonly field: string;
  readonly errorMessage: string;
  readonly params: readonly unknown[];
}

/** Values of a user by attribute; those that are not being written are absent. */
export type ProfileValues = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * What is wrong with values that are written. Attributes that the writer cannot change are not looked at, as nothing of them is kept.
 * @param ofWhole whether an absent attribute counts as empty, or as not being written.
 */
export function violationsOf(profile: UserProfile, values: ProfileValues, writer: ProfileViewer, ofWhole: boolean): readonly Violation[] {
  return profile.attributes.flatMap((attribute) => {
    const { name } = attribute;
    const given = values[name];
    if ((given === undefined && !ofWhole) || !isEditable(attribute, writer)) return [];
    const list = (given ?? []).filter((value) => value !== '');
    if (list.length === 0 && isRequired(attribute, writer) && name !== 'username') {
      return [{ field: name, errorMessage: 'error-user-attribute-required', params: [name] }];
    }
    const rules = Object.entries(attribute.validations ?? {});
    const single =
      attribute.multivalued === true || rules.some(([rule]) => rule === 'multivalued') ? [] : ([['multivalued', { max: 1 }]] as const);
    return [...rules, ...single]
      .flatMap(([rule, settings]) => judge(rule, list, settings))
      .map(({ message, parameters }) => ({ field: name, errorMessage: message, params: [name, ...parameters] }));
  });
}

/** The attributes of a user that the viewer may see: those of the profile, and others as its policy says. */
export function visibleAttributes(
  profile: UserProfile,
  attributes: Readonly<Record<string, readonly string[]>>,
  viewer: ProfileViewer,
): Readonly<Record<string, readonly string[]>> {
  const known = new Map(profile.attributes.map((attribute) => [attribute.name, attribute]));
  const policy = profile.unmanagedAttributePolicy;
  const seesOthers = policy === 'ENABLED' || (viewer === 'admin' && policy !== undefined);
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => {
      const attribute = known.get(name);
      return attribute === undefined ? seesOthers : isVisible(attribute, viewer);
    }),
  );
}

/** Attributes that stand in no profile. */
export function unmanagedAttributes(
  profile: UserProfile,
  attributes: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  const known = new Set([...profile.attributes, ...defaultProfile.attributes].map(({ name }) => name));
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !known.has(name)));
}
