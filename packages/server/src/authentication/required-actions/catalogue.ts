import { type Features, isSwitchedOff } from '../../config/feature-switches.ts';
import type { Realm, User } from '../../model/index.ts';
import { authenticationOf } from '../../realm/realm-authentication.ts';
import { violationsOf } from '../../realm/user-profile/check-profile.ts';
import { defaultProfile, profileOf } from '../../realm/user-profile/profile.ts';
import { askedProfile, valuesOfUser } from '../profile/asked-profile.ts';
import { configureTotp } from './configure-totp.ts';
import { deleteAccount } from './delete-account.ts';
import { linkAccount, parameterOf } from './link-account.ts';
import { configureRecoveryCodes } from './recovery-codes.ts';
import type { RequiredAction } from './required-action.ts';
import { termsAndConditions } from './terms.ts';
import { updatePassword } from './update-password.ts';
import { updateProfile, verifyProfile } from './update-profile.ts';

/** Setting of an action: seconds for which a login counts. */
export const MAX_AUTH_AGE = 'max_auth_age';
export const DEFAULT_MAX_AUTH_AGE_SECONDS = 300;

/** A step without a form: it waits for a link from a mail. */
export const VERIFY_EMAIL = 'VERIFY_EMAIL';

const actions: ReadonlyMap<string, RequiredAction> = new Map(
  [updatePassword, updateProfile, verifyProfile, termsAndConditions, configureTotp, configureRecoveryCodes, deleteAccount, linkAccount].map(
    (action) => [action.id, action],
  ),
);

/** The action of a name (`name:parameter` for those that take one); undefined for one that this server does not know. */
export function requiredAction(id: string): RequiredAction | undefined {
  const action = actions.get(nameOf(id));
  return (action?.accepts === undefined) === (parameterOf(id) === undefined) ? action : undefined;
}

function isThere(features: Features, id: string): boolean {
  return requiredAction(id) !== undefined && !isSwitchedOff(features, 'requiredAction', nameOf(id));
}

/** Whether a client may ask for the action (`kc_action`). */
export function mayAskFor(features: Features, realm: Realm, id: string): boolean {
  const action = requiredAction(id);
  if (action === undefined || !isThere(features, id) || settingOf(realm, nameOf(id))?.enabled === false) return false;
  return action.accepts === undefined || action.accepts(realm, parameterOf(id) ?? '');
}

const nameOf = (id: string): string => id.split(':', 1)[0] ?? id;

/**
 * Seconds for which a login counts when a client asks for the action (`kc_action`): the realm's setting, or five minutes. What cannot be
 * undone wants a login of its own.
 */
export function maxAuthAgeSeconds(features: Features, realm: Realm, askedFor: string | undefined): number | undefined {
  if (askedFor === undefined || !mayAskFor(features, realm, askedFor)) return undefined;
  if (askedFor === deleteAccount.id) return undefined;
  const given = settingOf(realm, nameOf(askedFor))?.config[MAX_AUTH_AGE];
  return given !== undefined && /^\d{1,9}$/.test(given) ? Number(given) : DEFAULT_MAX_AUTH_AGE_SECONDS;
}

/** Whether the user must prove who he is for it, however lately he did: what it does cannot be undone. */
export function wantsFreshLogin(features: Features, realm: Realm, askedFor: string | undefined): boolean {
  return askedFor === deleteAccount.id && mayAskFor(features, realm, askedFor);
}

/** Names that an administrator may ask users for by mail. */
export function isKnownAction(features: Features, realm: Realm, id: string): boolean {
  return (isThere(features, id) || id === VERIFY_EMAIL) && settingOf(realm, id)?.enabled === true;
}

/** The name of an action for people. */
export function actionName(realm: Realm, id: string): string {
  return settingOf(realm, id)?.name ?? id;
}

/** Whether the realm lets nobody in who did not confirm the address. A user without one has nothing to confirm. */
export function mustVerifyEmail(realm: Realm, user: User): boolean {
  return !user.emailVerified && user.email !== undefined && (realm.verifyEmail || user.requiredActions.includes(VERIFY_EMAIL));
}

/**
 * What stands between this user and the end of the login, in the realm's order. Actions that are switched off, or that nobody can carry
 * out here, do not lock users out.
 * @param askedFor `kc_action` of the client
 * @param scopes of the login, as they may ask for more of the profile
 */
export function openActions(
  features: Features,
  realm: Realm,
  user: User,
  askedFor: string | undefined,
  scopes: ReadonlySet<string>,
): readonly string[] {
  const open = user.requiredActions.filter((id) => isThere(features, id) && settingOf(realm, id)?.enabled !== false);
  if (lacksProfile(realm, user, scopes) && !open.includes(updateProfile.id)) open.push(verifyProfile.id);
  if (mustVerifyEmail(realm, user) && settingOf(realm, VERIFY_EMAIL)?.enabled !== false) open.push(VERIFY_EMAIL);
  const ordered = open.toSorted((one, other) => priorityOf(realm, one) - priorityOf(realm, other));
  return askedFor !== undefined && mayAskFor(features, realm, askedFor) && !ordered.includes(askedFor) ? [...ordered, askedFor] : ordered;
}

/** Whether the realm's own profile asks for something that the user's does not have. A profile that nobody changed asks when an account is made. */
function lacksProfile(realm: Realm, user: User, scopes: ReadonlySet<string>): boolean {
  if (profileOf(realm) === defaultProfile || settingOf(realm, verifyProfile.id)?.enabled === false) return false;
  const { profile } = askedProfile(realm, 'update', scopes);
  const valuesOf = valuesOfUser(user);
  const values = Object.fromEntries(profile.attributes.map(({ name }) => [name, valuesOf(name)]));
  return violationsOf(profile, values, 'user', true).length > 0;
}

function settingOf(realm: Realm, id: string) {
  return authenticationOf(realm).requiredActions.find(({ providerId }) => providerId === id);
}

function priorityOf(realm: Realm, id: string): number {
  return settingOf(realm, id)?.priority ?? Number.MAX_SAFE_INTEGER;
}
