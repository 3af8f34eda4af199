import { parsePayload } from '../../token/jws.ts';
import { isUnambiguous } from '../../token/unambiguous-json.ts';

/** The payload of a JWT with `alg` none and no signature: text that anybody may have written (RFC 7519 section 6). */
export function parseUnsigned(text: string): Readonly<Record<string, unknown>> | undefined {
  const [header = '', payload = '', signature, ...rest] = text.split('.');
  if (signature !== '' || rest.length > 0 || read(header)?.['alg'] !== 'none') return undefined;
  return read(payload);
}

function read(part: string): Record<string, unknown> | undefined {
  const json = Buffer.from(part, 'base64url').toString('utf8');
  const value = parsePayload(json);
  return value !== undefined && isUnambiguous(json) ? value : undefined;
}
