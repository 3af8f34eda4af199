import type { ActionParts, ActionProblem, ActionRequest, RequiredAction } from './required-action.ts';

async function signOutElsewhere(parts: ActionParts, { realm, user, sessionId }: ActionRequest): Promise<void> {
  for (const offline of [false, true]) {
    for (const { session } of await parts.state.userSessions.ofUser(realm, user.id, offline)) {
      if (session.id !== sessionId) await parts.state.userSessions.remove(realm, session.id, offline);
    }
  }
}

/** UPDATE_PASSWORD: a new password, typed twice, that the realm's policy accepts. */
export const updatePassword: RequiredAction = {
  id: 'UPDATE_PASSWORD',
  template: 'login-update-password',
  demand: 'updatePasswordMessage',

  async process(parts, request): Promise<ActionProblem | undefined> {
    const { realm, user, form } = request;
    const password = form['password-new'] ?? '';
    if (password === '') return { field: 'password-new', message: 'missingPasswordMessage', parameters: [] };
    if (password !== form['password-confirm']) return { field: 'password-confirm', message: 'notMatchPasswordMessage', parameters: [] };
    const violation = await parts.passwords.violates(realm, user, password);
    if (violation !== undefined) return { field: 'password-new', ...violation };
    await parts.passwords.set(realm, user, password);
    if (form['logout-sessions'] !== undefined) await signOutElsewhere(parts, request);
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
