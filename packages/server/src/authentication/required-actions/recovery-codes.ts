import { randomInt } from 'node:crypto';
import { SECOND_FACTOR } from '../../security/second-factor/second-factors.ts';
import type { ActionView, RequiredAction } from './required-action.ts';
import { signOutElsewhere } from './update-password.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const CODES = 12;
const CHARACTERS = 12;
const CODE_LIST = new RegExp(`^[A-Z0-9]{${CHARACTERS}}(?:,[A-Z0-9]{${CHARACTERS}}){${CODES - 1}}$`);

function newCodes(): string {
  const code = () => Array.from({ length: CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: CODES }, code).join(',');
}

async function view(_parts: unknown, { form }: ActionView) {
  const sent = form['generatedRecoveryAuthnCodes'] ?? '';
  const codes = CODE_LIST.test(sent) ? sent : newCodes();
  return { codes, shown: codes.split(',').map((code) => (code.match(/.{4}/g) ?? []).join('-')) };
}

/** CONFIGURE_RECOVERY_AUTHN_CODES: codes that sign the user in once each where the authenticator is away. */
export const configureRecoveryCodes: RequiredAction = {
  id: 'CONFIGURE_RECOVERY_AUTHN_CODES',
  template: 'login-recovery-authn-code-config',
  heading: 'recoveryCodesHeading',
  demand: 'recoveryCodesMessage',
  view,

  async process(parts, request) {
    const { realm, user, form } = request;
    const codes = form['generatedRecoveryAuthnCodes'] ?? '';
    if (!CODE_LIST.test(codes)) return [{ field: undefined, message: 'recoveryCodesConfirmMissingMessage', parameters: [] }];
    const label = (form['userLabel'] ?? '').trim().slice(0, 255);
    await parts.secondFactors.replaceRecovery(user, codes.split(','), label === '' ? 'Recovery codes' : label);
    await signOutElsewhere(parts, request);
    parts.events.emit({
      type: 'UPDATE_CREDENTIAL',
      realmId: realm.id,
      realmName: realm.realm,
      clientId: request.clientId,
      userId: user.id,
      ipAddress: request.ipAddress,
      details: { credential_type: SECOND_FACTOR.recovery, username: user.username },
    });
    return undefined;
  },
};
