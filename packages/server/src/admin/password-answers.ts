import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import type { Realm, User } from '../model/index.ts';

/** @throws ReplyError 400 with Keycloak's message key where the password breaks the policy of the realm. */
export async function refuseWeakPassword(context: ServerContext, realm: Realm, user: User, password: string): Promise<void> {
  const violation = await context.passwords.violates(realm, user, password);
  if (violation === undefined) return;
  const parameters = violation.parameters.length === 0 ? '' : `: ${violation.parameters.join(', ')}`;
  throw new ReplyError(400, {
    error: violation.message,
    error_description: `The password does not meet the policy of the realm${parameters}.`,
  });
}
