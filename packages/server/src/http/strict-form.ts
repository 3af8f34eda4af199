import { ReplyError } from './errors.ts';

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** Most parameters of one form; a login or token request has about a dozen. */
const MAX_PARAMETERS = 256;

/** Whether percent escapes are whole and decode to UTF-8. */
export function isWellEncoded(text: string): boolean {
  if (!text.includes('%')) return true;
  if (BROKEN_ESCAPE.test(text)) return false;
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Parses application/x-www-form-urlencoded; a repeated parameter becomes an array (its reader refuses it). Broken percent escapes and more than 256
 * parameters are refused rather than guessed at.
 */
export function parseStrictForm(text: string): Record<string, string | string[]> {
  if (!isWellEncoded(text))
    throw new ReplyError(
      400,
      { error: 'invalid_request', error_description: 'The form is not well encoded' },
      { 'cache-control': 'no-store' },
    );
  const out: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > MAX_PARAMETERS)
      throw new ReplyError(400, { error: 'invalid_request', error_description: `More than ${MAX_PARAMETERS} parameters` });
    const known = out[name];
    if (known === undefined) out[name] = value;
    else if (typeof known === 'string') out[name] = [known, value];
    else known.push(value);
  }
  return out;
}
