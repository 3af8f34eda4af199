/** Whether a text can be the id of a user session: base64url of 18 bytes, or a UUID of an imported one. Others never reach cache or database. */
export function isSessionId(id: string): boolean {
  return /^[A-Za-z0-9_-]{16,36}$/.test(id);
}
