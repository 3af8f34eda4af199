import { createHash } from 'node:crypto';

/** SHA-384 of a session id, as scripts recompute it to see whether the browser's session changed. */
export function sessionHash(sessionId: string, encoding: 'base64' | 'base64url'): string {
  return createHash('sha384').update(sessionId).digest(encoding);
}
