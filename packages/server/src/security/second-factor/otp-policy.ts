import type { Credential, Realm } from '../../model/index.ts';

/** How one-time passwords are made (RFC 4226, RFC 6238). */
export interface OtpSettings {
  readonly type: 'totp' | 'hotp';
  /** As Java names it: `HmacSHA1`, `HmacSHA256`, `HmacSHA512`. */
  readonly algorithm: string;
  readonly digits: number;
  readonly periodSeconds: number;
  readonly counter: number;
}

export interface OtpPolicy extends OtpSettings {
  /** Codes before and after the present one that are taken too. */
  readonly window: number;
  readonly reusable: boolean;
}

/** The policy of a realm, with Keycloak's defaults. */
export function otpPolicy({ other, attributes }: Realm): OtpPolicy {
  return {
    type: other['otpPolicyType'] === 'hotp' ? 'hotp' : 'totp',
    algorithm: algorithmOf(other['otpPolicyAlgorithm']),
    digits: other['otpPolicyDigits'] === 8 ? 8 : 6,
    periodSeconds: within(other['otpPolicyPeriod'], 1, 3_600, 30),
    counter: within(other['otpPolicyInitialCounter'], 0, Number.MAX_SAFE_INTEGER, 0),
    window: within(other['otpPolicyLookAheadWindow'], 0, 100, 1),
    reusable: other['otpPolicyCodeReusable'] === true || attributes['realmReusableOtpCode'] === 'true',
  };
}

/** What a stored credential was made with, and its secret as bytes. */
export function storedOtp(credential: Credential): { readonly settings: OtpSettings; readonly secret: Buffer } | undefined {
  try {
    const data = JSON.parse(credential.credentialData) as Readonly<Record<string, unknown>>;
    const { value } = JSON.parse(credential.secretData) as { readonly value?: unknown };
    if (typeof value !== 'string') return undefined;
    return {
      settings: {
        type: data['subType'] === 'hotp' ? 'hotp' : 'totp',
        algorithm: algorithmOf(data['algorithm']),
        digits: data['digits'] === 8 ? 8 : 6,
        periodSeconds: within(data['period'], 1, 3_600, 30),
        counter: within(data['counter'], 0, Number.MAX_SAFE_INTEGER, 0),
      },
      secret: data['secretEncoding'] === 'BASE32' ? fromBase32(value) : Buffer.from(value, 'utf8'),
    };
  } catch {
    return undefined;
  }
}

/** A credential with another counter. */
export function credentialDataOf({ type, digits, counter, periodSeconds, algorithm }: OtpSettings): string {
  return JSON.stringify({ subType: type, digits, counter, period: periodSeconds, algorithm });
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function fromBase32(text: string): Buffer {
  let bits = '';
  for (const character of text.replace(/=+$/, '').toUpperCase()) bits += BASE32.indexOf(character).toString(2).padStart(5, '0');
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function algorithmOf(value: unknown): string {
  return typeof value === 'string' && /^HmacSHA(?:1|256|512)$/.test(value) ? value : 'HmacSHA1';
}

function within(value: unknown, min: number, max: number, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : otherwise;
}
