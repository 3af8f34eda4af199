import type { Directory } from '../../cache/contracts.ts';
import type { Realm, User } from '../../model/index.ts';
import { violationsOf } from '../../realm/user-profile/check-profile.ts';
import { isEditable } from '../../realm/user-profile/profile.ts';
import type { ActionProblem } from '../required-actions/required-action.ts';
import type { AskedProfile } from './asked-profile.ts';

/** Fields of a form: of a repeated one all values. */
export type FormValues = (name: string) => readonly string[];

/** Longest value of an attribute that is kept. */
const MAX_VALUE_CHARACTERS = 2_048;
const MAX_VALUES = 100;

/** What was typed, by attribute: trimmed where the server compares it, without empty values. */
export function typedValues(asked: AskedProfile, form: FormValues): Readonly<Record<string, readonly string[]>> {
  const typed: Record<string, readonly string[]> = {};
  for (const attribute of asked.profile.attributes) {
    const { name } = attribute;
    if (!isEditable(attribute, 'user')) continue;
    // The longer name is that of forms made for older servers.
    const values = [...form(name), ...form(`user.attributes.${name}`)].slice(0, MAX_VALUES);
    const lower = name === 'username' || name === 'email';
    typed[name] = values.map((value) => (lower ? value.trim().toLowerCase() : value.trim())).filter((value) => value !== '');
  }
  const email = typed['email'];
  if (asked.nameIsEmail && email !== undefined) typed['username'] = email;
  return typed;
}

/** What is wrong with what was typed, with names and addresses that others have. */
export async function profileProblems(
  directory: Pick<Directory, 'userByUsername' | 'userByEmail'>,
  realm: Realm,
  asked: AskedProfile,
  typed: Readonly<Record<string, readonly string[]>>,
  user: User | undefined,
): Promise<readonly ActionProblem[]> {
  const problems: ActionProblem[] = violationsOf(asked.profile, typed, 'user', true).map(({ field, errorMessage, params }) => ({
    field,
    message: errorMessage,
    parameters: params.map((parameter) => (parameter === null ? '' : String(parameter))),
  }));
  for (const [field, values] of Object.entries(typed)) {
    if (values.some((value) => value.length > MAX_VALUE_CHARACTERS))
      problems.push({ field, message: 'error-invalid-length-too-long', parameters: [field, '', String(MAX_VALUE_CHARACTERS)] });
  }
  const [username] = typed['username'] ?? [];
  const [email] = typed['email'] ?? [];
  const askedName = asked.profile.attributes.some(({ name }) => name === 'username');
  if (askedName && username === undefined) problems.push({ field: 'username', message: 'missingUsernameMessage', parameters: [] });
  const clear = (field: string): boolean => !problems.some((problem) => problem.field === field);
  const other = (found: User | undefined): boolean => found !== undefined && found.id !== user?.id;
  if (email !== undefined && clear('email') && !realm.duplicateEmailsAllowed && other(await directory.userByEmail(realm, email)))
    problems.push({ field: 'email', message: 'emailExistsMessage', parameters: [] });
  if (username !== undefined && clear('username') && other(await directory.userByUsername(realm, username))) {
    const named = asked.nameIsEmail ? 'email' : 'username';
    if (clear(named))
      problems.push({ field: named, message: asked.nameIsEmail ? 'emailExistsMessage' : 'usernameExistsMessage', parameters: [] });
  }
  return problems;
}

/** The user with what was typed. An address that changed has to be confirmed anew. */
export function withProfileOf(user: User, typed: Readonly<Record<string, readonly string[]>>): User {
  const { username, email, firstName, lastName, ...attributes } = typed;
  const { email: oldEmail, firstName: oldFirstName, lastName: oldLastName, ...others } = user;
  const newEmail = email === undefined ? oldEmail : email[0];
  const newFirstName = firstName === undefined ? oldFirstName : firstName[0];
  const newLastName = lastName === undefined ? oldLastName : lastName[0];
  const kept = { ...user.attributes, ...attributes };
  return {
    ...others,
    username: username?.[0] ?? user.username,
    ...(newEmail === undefined ? {} : { email: newEmail }),
    ...(newFirstName === undefined ? {} : { firstName: newFirstName }),
    ...(newLastName === undefined ? {} : { lastName: newLastName }),
    emailVerified: user.emailVerified && newEmail === oldEmail,
    attributes: Object.fromEntries(Object.entries(kept).filter(([, values]) => values.length > 0)),
  };
}
