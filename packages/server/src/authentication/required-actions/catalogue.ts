import type { User } from '../../model/index.ts';
import type { RequiredAction } from './required-action.ts';
import { updatePassword } from './update-password.ts';

const actions: ReadonlyMap<string, RequiredAction> = new Map([updatePassword].map((action) => [action.id, action]));

/** The action of a name; undefined for one that this server does not know. */
export function requiredAction(id: string): RequiredAction | undefined {
  return actions.get(id);
}

/** What stands between this user and the end of the login, in order. Actions nobody can carry out here do not lock users out. */
export function openActions(user: User, askedFor: string | undefined): readonly string[] {
  const open = user.requiredActions.filter((id) => actions.has(id));
  return askedFor !== undefined && actions.has(askedFor) && !open.includes(askedFor) ? [...open, askedFor] : open;
}
