import type { ActionOutcome, ActionParts, ActionRequest, RequiredAction } from './required-action.ts';

/** Ends the other sessions of the user, where the form says so. */
export async function signOutElsewhere(parts: ActionParts, { realm, user, sessionId, issuer, form }: ActionRequest): Promise<void> {
  if (form['logout-sessions'] === undefined) return;
  for (const offline of [false, true]) {
    const sessions = await parts.state.userSessions.ofUser(realm, user.id, offline);
    const others = sessions.flatMap(({ session }) => (session.id === sessionId ? [] : [session.id]));
    await parts.logouts.endSessions(realm, others, { issuer, offline });
  }
}

/** UPDATE_PASSWORD: a new password, typed twice, that the realm's policy accepts. */
export const updatePassword: RequiredAction = {
  id: 'UPDATE_PASSWORD',
  template: 'login-update-password',
  heading: 'updatePasswordHeading',
  demand: 'updatePasswordMessage',

  async process(parts, request): Promise<ActionOutcome> {
    const { realm, user, form } = request;
    const password = form['password-new'] ?? '';
    if (password === '') return [{ field: 'password-new', message: 'missingPasswordMessage', parameters: [] }];
    if (password !== form['password-confirm']) return [{ field: 'password-confirm', message: 'notMatchPasswordMessage', parameters: [] }];
    const violation = await parts.passwords.violates(realm, user, password);
    if (violation !== undefined) return [{ field: 'password-new', ...violation }];
    await parts.passwords.set(realm, user, password);
    await signOutElsewhere(parts, request);
    parts.events.emit({
      type: 'UPDATE_PASSWORD',
      realmId: realm.id,
      realmName: realm.realm,
      clientId: request.clientId,
      userId: user.id,
      ipAddress: request.ipAddress,
      details: { credential_type: 'password' },
    });
    return undefined;
  },
};
