import { maskUrlSecrets } from '../config/show-config.ts';

const MASK = '*******';
const SECRET_FIELD = /(?:passw(?:or)?d|secret|token|authorization|cookie|assertion|verifier|private_?key|passphrase)$/i;
/** A compact JWS or JWE: three to five base64url parts of which the first is a JSON object. */
const COMPACT_JWT = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){1,3}/g;

/** The guard behind the rule that secrets never reach the log: tokens and passwords in URLs are masked wherever they stand. */
export function redactText(text: string): string {
  let safe = text;
  if (safe.includes('eyJ')) safe = safe.replaceAll(COMPACT_JWT, MASK);
  if (safe.includes('://') || safe.includes('passw')) safe = maskUrlSecrets(safe);
  return safe;
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return redactText(`${value.name}: ${value.message}`);
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === undefined) return undefined;
  return redactText(
    JSON.stringify(value, (key, inner: unknown) =>
      SECRET_FIELD.test(key) ? MASK : typeof inner === 'bigint' ? inner.toString() : inner,
    ) ?? '',
  );
}

/** Fields of a log record without secrets, as plain values. */
export function redactFields(fields: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const result = new Map<string, unknown>();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) result.set(name, SECRET_FIELD.test(name) ? MASK : plain(value));
  }
  return result;
}
