import type { AuthenticationTab, Realm, User } from '../../model/index.ts';
import { AUTH_NOTE } from '../authentication-tab.ts';
import type { PasswordLogin, SeenFactors } from '../contracts.ts';

/** What a step of the browser flow decides. */
export type StepOutcome =
  | ({ readonly kind: 'authenticated'; readonly user: User; readonly username: string } & SeenFactors)
  | {
      readonly kind: 'challenge';
      readonly message: string;
      /** Whether the message belongs to the fields or stands above the form. */
      readonly place: 'fields' | 'page';
      readonly username: string;
      readonly event: string;
      readonly userId: string | undefined;
    };

export interface PasswordForm {
  readonly username: string;
  readonly password: string;
}

/**
 * The password form. A tab that proves an existing session again, or whose user a certificate named, keeps
 * that user, whatever name the form carries.
 * A wrong name, a wrong password and a locked user give the same answer.
 */
export async function usernamePasswordStep(
  passwordLogin: PasswordLogin,
  realm: Realm,
  tab: AuthenticationTab,
  form: PasswordForm,
  ipAddress: string,
): Promise<StepOutcome> {
  const isKnown = tab.authNotes[AUTH_NOTE.reauthentication] !== undefined || tab.authNotes[AUTH_NOTE.certificateUser] !== undefined;
  const fixed = isKnown ? tab.authNotes[AUTH_NOTE.attemptedUsername] : undefined;
  const username = fixed ?? form.username;
  const invalid = {
    kind: 'challenge',
    message: fixed === undefined ? 'invalidUserMessage' : 'invalidPasswordMessage',
    place: 'fields',
    username,
  } as const;
  if (username.trim() === '') return { ...invalid, event: 'user_not_found', userId: undefined };
  const verdict = await passwordLogin.check(realm, username, form.password, ipAddress);
  if (verdict.kind === 'invalid') return { ...invalid, event: verdict.event, userId: verdict.user?.id };
  if (verdict.kind === 'disabled') {
    return {
      kind: 'challenge',
      message: 'accountDisabledMessage',
      place: 'page',
      username,
      event: 'user_disabled',
      userId: verdict.user.id,
    };
  }
  return { kind: 'authenticated', user: verdict.user, username, secondFactors: verdict.secondFactors };
}
