import { randomUUID } from 'node:crypto';
import type { State } from '../../cache/contracts.ts';
import { grantsTag, groupTag, userTags } from '../../cache/invalidation-keys.ts';
import { ServerError } from '../../http/errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { Realm, User } from '../../model/index.ts';
import { defaultGroupPaths } from '../../realm/default-groups.ts';
import { authenticationOf, findExecution, flowByAlias } from '../../realm/realm-authentication.ts';
import type { Passwords } from '../contracts.ts';
import { askedProfile } from '../profile/asked-profile.ts';
import { type FormValues, profileProblems, typedValues, withProfileOf } from '../profile/written-profile.ts';
import type { ActionProblem } from '../required-actions/required-action.ts';
import { TERMS_ATTRIBUTE } from '../required-actions/terms.ts';

export interface RegistrationParts {
  readonly state: Pick<State, 'changes' | 'directory'>;
  readonly passwords: Passwords;
  readonly clock: Clock;
}

/** What the registration page of a realm asks, by its flow. */
export interface RegistrationForm {
  /** Id of the execution of the page. */
  readonly execution: string;
  readonly password: boolean;
  readonly terms: boolean;
}

/** The form of the realm's registration flow; undefined where nobody can register. */
export function registrationForm(realm: Realm): RegistrationForm | undefined {
  if (!realm.registrationAllowed) return undefined;
  const authentication = authenticationOf(realm);
  const flow = flowByAlias(authentication, (realm.other['registrationFlow'] as string | undefined) ?? 'registration');
  const page = findExecution(authentication, flow, 'registration-page-form');
  const has = (step: string): boolean => findExecution(authentication, flow, step) !== undefined;
  // A flow with a step that this server cannot carry out lets nobody through.
  if (page === undefined || !has('registration-user-creation') || has('registration-recaptcha-action')) return undefined;
  return { execution: page.id, password: has('registration-password-action'), terms: has('registration-terms-and-conditions') };
}

export type Registration = { readonly user: User } | { readonly problems: readonly ActionProblem[] };

/** Makes the account that a form describes, with the realm's default role, groups and required actions. */
export async function registerUser(
  parts: RegistrationParts,
  realm: Realm,
  form: RegistrationForm,
  values: FormValues,
  scopes: ReadonlySet<string>,
): Promise<Registration> {
  const asked = askedProfile(realm, 'register', scopes);
  const typed = typedValues(asked, values);
  const problems = [...(await profileProblems(parts.state.directory, realm, asked, typed, undefined))];
  const user = newUser(parts, realm, typed, form.terms);
  const [password = ''] = values('password');
  if (form.password) problems.push(...(await passwordProblems(parts, realm, user, password, values('password-confirm')[0] ?? '')));
  if (form.terms && values('termsAccepted').length === 0) {
    problems.push({ field: 'termsAccepted', message: 'missingTermsMessage', parameters: [] });
  }
  if (problems.length > 0) return { problems };
  try {
    await store(parts, realm, user);
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 'KG_STORE_DUPLICATE') throw error;
    // Somebody else took the name between the look and the write.
    const field = asked.nameIsEmail ? 'email' : 'username';
    return { problems: [{ field, message: asked.nameIsEmail ? 'emailExistsMessage' : 'usernameExistsMessage', parameters: [] }] };
  }
  if (form.password) await setPassword(parts, realm, user, password);
  return { user };
}

function newUser({ clock }: RegistrationParts, realm: Realm, typed: Readonly<Record<string, readonly string[]>>, terms: boolean): User {
  const { requiredActions } = authenticationOf(realm);
  const blank: User = {
    id: randomUUID(),
    realmId: realm.id,
    version: 0,
    username: '',
    emailVerified: false,
    enabled: true,
    createdTimestamp: clock.nowMs(),
    notBefore: 0,
    attributes: terms ? { [TERMS_ATTRIBUTE]: [String(clock.nowSeconds())] } : {},
    requiredActions: requiredActions.filter(({ enabled, defaultAction }) => enabled && defaultAction).map(({ providerId }) => providerId),
  };
  return withProfileOf(blank, typed);
}

async function passwordProblems(
  { passwords }: RegistrationParts,
  realm: Realm,
  user: User,
  password: string,
  confirmation: string,
): Promise<readonly ActionProblem[]> {
  if (password === '') return [{ field: 'password', message: 'missingPasswordMessage', parameters: [] }];
  if (password !== confirmation) return [{ field: 'password-confirm', message: 'invalidPasswordConfirmMessage', parameters: [] }];
  const violation = await passwords.violates(realm, user, password);
  return violation === undefined ? [] : [{ field: 'password', ...violation }];
}

async function store({ state }: RegistrationParts, realm: Realm, user: User): Promise<void> {
  const paths = defaultGroupPaths(realm);
  await state.changes.write(async (stores, touch) => {
    await stores.users.insert(user);
    await stores.users.addRoles(user.id, [realm.defaultRole.id]);
    const groups = paths.length === 0 ? [] : await stores.groups.list(realm.id);
    for (const { id, path } of groups) {
      if (!paths.includes(path)) continue;
      await stores.users.joinGroup(user.id, id);
      touch(groupTag(id));
    }
    touch(...userTags(user), grantsTag(user.id));
  });
}

/** An account without the password that its person chose would only take the name away. */
async function setPassword({ state, passwords }: RegistrationParts, realm: Realm, user: User, password: string): Promise<void> {
  try {
    await passwords.set(realm, user, password);
  } catch (error) {
    await state.changes.write(async (stores, touch) => {
      await stores.users.remove(realm.id, user.id);
      touch(...userTags(user), grantsTag(user.id));
    });
    throw error;
  }
}
