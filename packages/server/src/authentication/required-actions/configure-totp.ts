import { randomInt } from 'node:crypto';
import qrcode from 'qrcode-generator';
import { otpAddress, readableSecret } from '../../security/second-factor/otp-code.ts';
import { otpPolicy } from '../../security/second-factor/otp-policy.ts';
import { SECOND_FACTOR } from '../../security/second-factor/second-factors.ts';
import type { ActionOutcome, ActionParts, ActionProblem, ActionRequest, ActionView, RequiredAction } from './required-action.ts';
import { signOutElsewhere } from './update-password.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** 119 bits: more than the 80 that RFC 4226 section 4 asks for at least. */
const SECRET_CHARACTERS = 20;
const SECRET = /^[A-Za-z0-9]{20}$/;
const MAX_LABEL_CHARACTERS = 255;

function newSecret(): string {
  return Array.from({ length: SECRET_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

function pictureOf(address: string): string {
  const code = qrcode(0, 'M');
  code.addData(address);
  code.make();
  return `data:image/svg+xml;base64,${Buffer.from(code.createSvgTag({ scalable: true, margin: 4 })).toString('base64')}`;
}

function problem(field: string, message: string): readonly ActionProblem[] {
  return [{ field, message, parameters: [] }];
}

async function view({ secondFactors }: ActionParts, { realm, user, form }: ActionView) {
  const sent = form['totpSecret'] ?? '';
  const secret = SECRET.test(sent) ? sent : newSecret();
  const policy = otpPolicy(realm);
  const applications = realm.other['otpSupportedApplications'];
  return {
    secret,
    readable: readableSecret(secret),
    picture: pictureOf(otpAddress(policy, secret, realm.displayName || realm.realm, user.username)),
    policy: { ...policy, hash: policy.algorithm.replace('Hmac', '') },
    applications: Array.isArray(applications) ? applications : [],
    deviceName: form['userLabel'] ?? '',
    nameRequired: (await secondFactors.devices(user)).length > 0,
  };
}

async function process(parts: ActionParts, request: ActionRequest): Promise<ActionOutcome> {
  const { realm, user, form } = request;
  const code = (form['totp'] ?? '').replace(/\s/g, '');
  const secret = form['totpSecret'] ?? '';
  const label = (form['userLabel'] ?? '').trim().slice(0, MAX_LABEL_CHARACTERS);
  if (code === '') return problem('totp', 'missingTotpMessage');
  const counter = SECRET.test(secret) ? parts.secondFactors.fits(realm, secret, code) : undefined;
  if (counter === undefined) return problem('totp', 'invalidTotpMessage');
  const devices = await parts.secondFactors.devices(user);
  if (label === '' && devices.length > 0) return problem('userLabel', 'missingTotpDeviceNameMessage');
  await parts.secondFactors.addOtp(realm, user, secret, label, counter);
  await signOutElsewhere(parts, request);
  parts.events.emit({
    type: 'UPDATE_TOTP',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: request.clientId,
    userId: user.id,
    ipAddress: request.ipAddress,
    details: { credential_type: SECOND_FACTOR.otp, username: user.username },
  });
  return undefined;
}

/** CONFIGURE_TOTP: an authenticator application gets the secret, and shows by a code that it has it. */
export const configureTotp: RequiredAction = {
  id: 'CONFIGURE_TOTP',
  template: 'login-config-totp',
  heading: 'configureTotpHeading',
  demand: 'configureTotpMessage',
  pictures: true,
  view,
  process,
};
