import type { Credential } from '../../model/index.ts';

/** The public half of a stored password (`credentialData`). */
export interface CredentialData {
  readonly hashIterations: number;
  readonly algorithm: string;
  readonly additionalParameters: Readonly<Record<string, readonly string[]>>;
}

/** The secret half (`secretData`): base64 texts. Never logged. */
export interface SecretData {
  readonly value: string;
  readonly salt: string;
  readonly additionalParameters: Readonly<Record<string, readonly string[]>>;
}

export interface PasswordHash {
  readonly data: CredentialData;
  readonly secret: SecretData;
}

/** One hashing algorithm under the name that credentials and the `hashAlgorithm` policy use. */
export interface PasswordHasher {
  readonly algorithm: string;
  readonly defaultIterations: number;
  hash(password: string, iterations: number): Promise<PasswordHash>;
  /** False also where the stored parameters cannot be used. */
  verify(password: string, stored: PasswordHash): Promise<boolean>;
  /** Whether a stored hash was made as `hash` would make it now. */
  isCurrent(data: CredentialData, iterations: number): boolean;
}

/** First value of a parameter. */
export function one(parameters: Readonly<Record<string, readonly string[]>>, name: string): string | undefined {
  return parameters[name]?.[0];
}

/** A whole number from 1 to `max`; the default where absent, undefined where out of range. */
export function positive(text: string | undefined, otherwise: number, max: number): number | undefined {
  if (text === undefined) return otherwise;
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= max ? value : undefined;
}

/** Reads a password credential; undefined where it is not one that can be used. */
export function readPasswordHash(credential: Credential): PasswordHash | undefined {
  const data = object(credential.credentialData);
  const secret = object(credential.secretData);
  if (data === undefined || secret === undefined) return undefined;
  const { value, salt } = secret;
  if (typeof value !== 'string' || typeof salt !== 'string' || typeof data['algorithm'] !== 'string') return undefined;
  return {
    data: {
      algorithm: data['algorithm'],
      hashIterations: Number(data['hashIterations']),
      additionalParameters: parameters(data['additionalParameters']),
    },
    secret: { value, salt, additionalParameters: parameters(secret['additionalParameters']) },
  };
}

function object(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function parameters(value: unknown): Record<string, readonly string[]> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).filter(([, list]) => Array.isArray(list));
  return Object.fromEntries(entries.map(([name, list]) => [name, (list as unknown[]).map(String)]));
}
