import type { Realm } from '../../model/index.ts';
import type { Representation } from '../fields.ts';
import { messageKey } from '../message-key.ts';

/** Who looks at or writes a user: an administrator, or the person. */
export type ProfileViewer = 'admin' | 'user';

/** One attribute of the user profile, as its configuration says. */
export interface ProfileAttribute {
  readonly name: string;
  readonly displayName?: string;
  /** Validator -> its settings. */
  readonly validations?: Readonly<Record<string, Representation>>;
  readonly annotations?: Representation;
  /** Absent: not required. Without roles and scopes: always. */
  readonly required?: { readonly roles?: readonly string[]; readonly scopes?: readonly string[] };
  readonly permissions?: { readonly view?: readonly string[]; readonly edit?: readonly string[] };
  readonly selector?: { readonly scopes?: readonly string[] };
  readonly group?: string;
  readonly multivalued?: boolean;
  readonly defaultValue?: string;
}

export interface ProfileGroup {
  readonly name: string;
  readonly displayHeader?: string;
  readonly displayDescription?: string;
  readonly annotations?: Representation;
}

/** Which attributes users have, who sees and who changes them. */
export interface UserProfile {
  readonly attributes: readonly ProfileAttribute[];
  readonly groups?: readonly ProfileGroup[];
  /** What may be done with attributes that do not stand here; absent: nothing. */
  readonly unmanagedAttributePolicy?: 'ENABLED' | 'ADMIN_VIEW' | 'ADMIN_EDIT';
}

/** Type of the component that keeps the profile in exports, and where it stands in it. */
export const profileProviderType = 'org.keycloak.userprofile.UserProfileProvider';
const PROVIDER = 'declarative-user-profile';
const CONFIG_KEY = 'kc.user.profile.config';

const both = ['admin', 'user'] as const;
const ofEverybody = { permissions: { view: both, edit: both }, multivalued: false } as const;
const toBeGiven = { required: { roles: ['user'] }, ...ofEverybody } as const;
const personName = { validations: { length: { max: 255 }, 'person-name-prohibited-characters': {} }, ...toBeGiven } as const;

/** The profile of a realm that has none of its own. */
export const defaultProfile: UserProfile = {
  attributes: [
    {
      name: 'username',
      displayName: messageKey('username'),
      validations: { length: { min: 3, max: 255 }, 'username-prohibited-characters': {}, 'up-username-not-idn-homograph': {} },
      ...ofEverybody,
    },
    { name: 'email', displayName: messageKey('email'), validations: { email: {}, length: { max: 255 } }, ...toBeGiven },
    { name: 'firstName', displayName: messageKey('firstName'), ...personName },
    { name: 'lastName', displayName: messageKey('lastName'), ...personName },
  ],
  groups: [{ name: 'user-metadata', displayHeader: 'User metadata', displayDescription: 'Attributes, which refer to user metadata' }],
};

/** Attribute that keeps which language a user has chosen. */
export const LOCALE_ATTRIBUTE = 'locale';

interface StoredComponent {
  readonly id?: string;
  readonly config?: Readonly<Record<string, readonly string[] | undefined>>;
}

const parsed = new WeakMap<Realm, UserProfile>();

/** The user profile of a realm. */
export function profileOf(realm: Realm): UserProfile {
  const known = parsed.get(realm);
  if (known !== undefined) return known;
  const text = componentOf(realm)?.config?.[CONFIG_KEY]?.[0];
  const profile = text === undefined ? defaultProfile : (JSON.parse(text) as UserProfile);
  parsed.set(realm, profile);
  return profile;
}

/** The profile that a realm's users are read and written by: in a realm of several languages everybody has one, unless the profile says more of it. */
export function profileOfUsers(realm: Realm): UserProfile {
  const profile = profileOf(realm);
  if (!hasImplicitLanguage(realm)) return profile;
  return { ...profile, attributes: [{ name: LOCALE_ATTRIBUTE, ...ofEverybody }, ...profile.attributes] };
}

/** Whether users have a language of which their profile does not say anything. */
export function hasImplicitLanguage(realm: Realm): boolean {
  return realm.internationalizationEnabled && !profileOf(realm).attributes.some(({ name }) => name === LOCALE_ATTRIBUTE);
}

function componentOf({ other }: Realm): StoredComponent | undefined {
  const components = other['components'] as Readonly<Record<string, readonly StoredComponent[] | undefined>> | undefined;
  return components?.[profileProviderType]?.[0];
}

/** The realm with another profile; undefined stands for the default. @param newId id of a component that is not there yet. */
export function withProfile(realm: Realm, profile: UserProfile | undefined, newId: string): Realm {
  const { [profileProviderType]: _, ...others } = (realm.other['components'] ?? {}) as Readonly<Record<string, unknown>>;
  const component = {
    id: componentOf(realm)?.id ?? newId,
    providerId: PROVIDER,
    subComponents: {},
    config: { [CONFIG_KEY]: [JSON.stringify(profile)] },
  };
  const components = profile === undefined ? others : { ...others, [profileProviderType]: [component] };
  return { ...realm, other: { ...realm.other, components } };
}

/** Whether the viewer sees the attribute. */
export function isVisible({ permissions }: ProfileAttribute, viewer: ProfileViewer): boolean {
  return [...(permissions?.view ?? []), ...(permissions?.edit ?? [])].includes(viewer);
}

/** Whether the viewer may change the attribute. */
export function isEditable({ permissions }: ProfileAttribute, viewer: ProfileViewer): boolean {
  return permissions?.edit?.includes(viewer) ?? false;
}

/** Whether the viewer must give the attribute. */
export function isRequired({ name, required }: ProfileAttribute, viewer: ProfileViewer): boolean {
  if (name === 'username') return true;
  if (required === undefined) return false;
  const { roles, scopes } = required;
  if (scopes !== undefined && scopes.length > 0) return false;
  return roles === undefined || roles.length === 0 || roles.includes(viewer);
}
