import { HOTP, Secret, TOTP } from 'otpauth';
import type { OtpSettings } from './otp-policy.ts';

/** `HmacSHA1` as the otpauth addresses name it. */
function hashName(algorithm: string): string {
  return algorithm.replace('HmacSHA', 'SHA');
}

function secretOf(secret: Uint8Array): Secret {
  const bytes = new Uint8Array(secret);
  return new Secret({ buffer: bytes.buffer });
}

/**
 * The counter that a code belongs to, among those that the window allows; undefined for a wrong code.
 * @param window totp: steps before and after now; hotp: steps after the counter
 */
export function counterOf(settings: OtpSettings, secret: Uint8Array, code: string, window: number, nowMs: number): number | undefined {
  const { digits, algorithm, periodSeconds, type } = settings;
  if (!new RegExp(`^\\d{${digits}}$`).test(code)) return undefined;
  const common = { secret: secretOf(secret), digits, algorithm: hashName(algorithm) };
  const base = type === 'totp' ? Math.floor(nowMs / 1_000 / periodSeconds) : settings.counter;
  const delta =
    type === 'totp'
      ? new TOTP({ ...common, period: periodSeconds }).validate({ token: code, timestamp: nowMs, window })
      : new HOTP({ ...common, counter: base }).validate({ token: code, counter: base, window });
  if (delta === null || (type === 'hotp' && delta < 0)) return undefined;
  return base + delta;
}

/** The key as people type it: Base32 in groups of four (RFC 4648 section 6). */
export function readableSecret(secret: string): string {
  return (secretOf(Buffer.from(secret, 'utf8')).base32.match(/.{1,4}/g) ?? []).join(' ');
}

/** The `otpauth:` address that authenticator applications scan. */
export function otpAddress(settings: OtpSettings, secret: string, issuer: string, username: string): string {
  const { digits, algorithm, periodSeconds, counter, type } = settings;
  const common = { secret: secretOf(Buffer.from(secret, 'utf8')), digits, algorithm: hashName(algorithm), issuer, label: username };
  return type === 'totp' ? new TOTP({ ...common, period: periodSeconds }).toString() : new HOTP({ ...common, counter }).toString();
}
