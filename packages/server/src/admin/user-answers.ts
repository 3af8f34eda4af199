import type { User } from '../model/index.ts';
import { userToRepresentation } from '../realm/user-representation.ts';

/** A user of a list without `access`; `short` leaves out all but who it is. */
export function userToListed(user: User, short: boolean): Readonly<Record<string, unknown>> {
  const whole = userToRepresentation(user);
  if (!short) return whole;
  const { attributes: _, totp: __, disableableCredentialTypes: ___, requiredActions: ____, notBefore: _____, ...shown } = whole;
  return shown;
}

/** What an administrator may do with a user, by the roles over its realm. */
export function userAccess(held: ReadonlySet<string>): Readonly<Record<string, boolean>> {
  const manage = held.has('manage-users');
  return {
    manageGroupMembership: manage,
    resetPassword: manage,
    view: manage || held.has('view-users'),
    mapRoles: manage,
    impersonate: held.has('impersonation'),
    manage,
  };
}
