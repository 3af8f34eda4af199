import { DEVICE_USER_CODE_NOTE } from '../../authentication/authentication-tab.ts';
import type { FailedLogin, FinishedLogin, ProtocolAnswer } from '../../authentication/login-protocol.ts';
import type { State } from '../../cache/contracts.ts';
import { answerDevice } from './device-codes.ts';

/** Where the browser ends after a device was let in or refused. */
export function statusUrl(issuer: string, error?: string): string {
  return `${issuer}/device/status${error === undefined ? '' : `?error=${encodeURIComponent(error)}`}`;
}

/** The end of a login that a device waits for; undefined for all other logins. */
export async function letDeviceIn(state: Pick<State, 'singleUseObjects'>, login: FinishedLogin): Promise<ProtocolAnswer | undefined> {
  const userCode = login.clientNotes[DEVICE_USER_CODE_NOTE];
  if (userCode === undefined) return undefined;
  const done = await answerDevice(state, login.realm, userCode, { status: 'approved', sessionId: login.session.id });
  return { kind: 'redirect', url: statusUrl(login.issuer, done ? undefined : 'expired_token') };
}

/** The end of such a login without a user. */
export async function refuseDevice(state: Pick<State, 'singleUseObjects'>, login: FailedLogin): Promise<ProtocolAnswer | undefined> {
  const userCode = login.clientNotes[DEVICE_USER_CODE_NOTE];
  if (userCode === undefined) return undefined;
  const denied = login.error === 'access_denied';
  if (denied) await answerDevice(state, login.realm, userCode, { status: 'denied' });
  return { kind: 'redirect', url: statusUrl(login.issuer, login.error) };
}
