import type { Realm } from '../../model/index.ts';
import type { Representation } from '../fields.ts';
import {
  hasImplicitLanguage,
  isEditable,
  isRequired,
  isVisible,
  LOCALE_ATTRIBUTE,
  type ProfileAttribute,
  type ProfileViewer,
  profileOf,
} from './profile.ts';

/** Validators that ask nothing of an empty value say so to whoever draws the form. */
const EMPTY_PASSES = { 'ignore.empty.value': true } as const;

/** The consoles know it by its name, and offer the realm's languages. */
const LANGUAGE = {
  name: LOCALE_ATTRIBUTE,
  displayName: LOCALE_ATTRIBUTE,
  required: false,
  readOnly: false,
  validators: {},
  multivalued: false,
} as const;

/** What a form for a user shows: attributes that the viewer sees with their rules, in order, and the groups. */
export function profileMetadata(realm: Realm, viewer: ProfileViewer, ofNewUser: boolean): Representation {
  const profile = profileOf(realm);
  return {
    attributes: [
      ...(hasImplicitLanguage(realm) ? [LANGUAGE] : []),
      ...profile.attributes
        .filter((attribute) => isVisible(attribute, viewer))
        .map((attribute) => attributeMetadata(realm, attribute, viewer, ofNewUser)),
    ],
    groups: profile.groups ?? [],
  };
}

function attributeMetadata(realm: Realm, attribute: ProfileAttribute, viewer: ProfileViewer, ofNewUser: boolean): Representation {
  const { name, displayName, annotations, group, multivalued = false, defaultValue } = attribute;
  const fixedName = name === 'username' && !ofNewUser && !realm.editUsernameAllowed;
  return {
    name,
    displayName: displayName ?? name,
    required: isRequired(attribute, viewer),
    readOnly: fixedName || !isEditable(attribute, viewer),
    ...(annotations === undefined ? {} : { annotations }),
    validators: validatorsOf(attribute),
    ...(group === undefined ? {} : { group }),
    multivalued,
    ...(defaultValue === undefined ? {} : { defaultValue }),
  };
}

function validatorsOf({ validations = {}, multivalued }: ProfileAttribute): Representation {
  const shown = Object.entries(validations).map(([rule, settings]) => [rule, { ...settings, ...EMPTY_PASSES }] as const);
  return { ...(multivalued === true ? {} : { multivalued: { max: '1' } }), ...Object.fromEntries(shown) };
}
