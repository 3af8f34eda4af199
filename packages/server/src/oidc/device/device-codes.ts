import { randomBytes, randomInt } from 'node:crypto';
import type { Notes, State } from '../../cache/contracts.ts';
import type { Client, Realm } from '../../model/index.ts';
import { deviceCodeSeconds, pollingSeconds } from './device-settings.ts';

/**
 * Device codes (RFC 8628). Two single-use objects stand for a request: one by the device's code, which remembers what was asked and what the user
 * said, and one by the user's code, which is taken by the answer. So of two answers one counts, and of any number of exchanges one gets the tokens.
 */

/** What a device asked for. */
export interface DeviceRequest {
  readonly scope: string;
  readonly nonce?: string | undefined;
  readonly codeChallenge?: string | undefined;
  readonly codeChallengeMethod?: string | undefined;
}

/** A device's request as it stands. */
export interface StoredDeviceRequest extends DeviceRequest {
  readonly clientUuid: string;
  readonly status: 'pending' | 'approved' | 'denied';
  /** The user session that lets it in. */
  readonly sessionId: string | undefined;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

type Objects = Pick<State, 'singleUseObjects'>;

const DEVICE_CODE_BYTES = 32;
const DEVICE_CODE = /^[A-Za-z0-9_-]{43}$/;
/** Consonants that are not taken for each other, and spell no words (RFC 8628 section 6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const USER_CODE_LENGTH = 8;
const MAX_TRIES = 5;
/** A code that is over is remembered for a while, so that the device hears that it expired. */
const GRACE_SECONDS = 60;

const deviceKey = (realm: Realm, code: string): string => `device:${realm.id}:${code}`;
const userKey = (realm: Realm, code: string): string => `device-user:${realm.id}:${code}`;
const pollKey = (realm: Realm, code: string): string => `device-poll:${realm.id}:${code}`;

/** Makes the two codes of a request. */
export async function createDeviceCodes(
  { singleUseObjects }: Objects,
  realm: Realm,
  client: Client,
  request: DeviceRequest,
  nowSeconds: number,
): Promise<{ readonly deviceCode: string; readonly userCode: string }> {
  const lifespan = deviceCodeSeconds(realm, client);
  const deviceCode = randomBytes(DEVICE_CODE_BYTES).toString('base64url');
  const userCode = await reserveUserCode(singleUseObjects, realm, lifespan);
  const notes: Record<string, string> = {
    clientUuid: client.id,
    status: 'pending',
    scope: request.scope,
    expiresAt: String(nowSeconds + lifespan),
  };
  for (const name of ['nonce', 'codeChallenge', 'codeChallengeMethod'] as const) {
    const value = request[name];
    if (value !== undefined) notes[name] = value;
  }
  await singleUseObjects.put(deviceKey(realm, deviceCode), lifespan + GRACE_SECONDS, notes);
  await singleUseObjects.replace(userKey(realm, userCode), { deviceCode, clientUuid: client.id });
  return { deviceCode, userCode: `${userCode.slice(0, 4)}-${userCode.slice(4)}` };
}

/** A user code that no other device of the realm has now. */
async function reserveUserCode(objects: State['singleUseObjects'], realm: Realm, lifespanSeconds: number): Promise<string> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const code = Array.from({ length: USER_CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    if (await objects.putIfAbsent(userKey(realm, code), lifespanSeconds)) return code;
  }
  throw new Error('no user code is free');
}

/** What a person typed, without the marks that only help to read it; undefined where it cannot be a code. */
export function normalUserCode(typed: string | undefined): string | undefined {
  const code = typed?.toUpperCase().replace(/[\s-]/g, '');
  return code !== undefined && code.length === USER_CODE_LENGTH && [...code].every((letter) => ALPHABET.includes(letter))
    ? code
    : undefined;
}

/** The request that waits for an answer by this user code. */
export async function waitingRequest(
  { singleUseObjects }: Objects,
  realm: Realm,
  userCode: string,
): Promise<StoredDeviceRequest | undefined> {
  const deviceCode = (await singleUseObjects.get(userKey(realm, userCode)))?.['deviceCode'];
  const notes = deviceCode === undefined ? undefined : await singleUseObjects.get(deviceKey(realm, deviceCode));
  return notes && read(notes);
}

/** Writes down what the user said. False where the code is over or somebody answered before. */
export async function answerDevice(
  { singleUseObjects }: Objects,
  realm: Realm,
  userCode: string,
  answer: { readonly status: 'approved'; readonly sessionId: string } | { readonly status: 'denied' },
): Promise<boolean> {
  const deviceCode = (await singleUseObjects.remove(userKey(realm, userCode)))?.['deviceCode'];
  if (deviceCode === undefined) return false;
  const key = deviceKey(realm, deviceCode);
  const notes = await singleUseObjects.get(key);
  return notes !== undefined && singleUseObjects.replace(key, { ...notes, ...answer });
}

/** The request of a device code, as it stands. */
export async function deviceRequest(
  { singleUseObjects }: Objects,
  realm: Realm,
  deviceCode: string,
): Promise<StoredDeviceRequest | undefined> {
  const notes = DEVICE_CODE.test(deviceCode) ? await singleUseObjects.get(deviceKey(realm, deviceCode)) : undefined;
  return notes && read(notes);
}

/** Takes an answered request: one of any number of tries gets it. */
export async function takeDeviceRequest({ singleUseObjects }: Objects, realm: Realm, deviceCode: string): Promise<boolean> {
  return (await singleUseObjects.remove(deviceKey(realm, deviceCode))) !== undefined;
}

/** Whether the device waited long enough since it last asked. One question an interval counts, on whatever node it arrives. */
export async function mayPoll({ singleUseObjects }: Objects, realm: Realm, client: Client, deviceCode: string): Promise<boolean> {
  return singleUseObjects.putIfAbsent(pollKey(realm, deviceCode), pollingSeconds(realm, client));
}

function read(notes: Notes): StoredDeviceRequest {
  const { status } = notes;
  return {
    clientUuid: notes['clientUuid'] ?? '',
    status: status === 'approved' || status === 'denied' ? status : 'pending',
    scope: notes['scope'] ?? '',
    nonce: notes['nonce'],
    codeChallenge: notes['codeChallenge'],
    codeChallengeMethod: notes['codeChallengeMethod'],
    sessionId: notes['sessionId'],
    expiresAt: Number(notes['expiresAt'] ?? 0),
  };
}
