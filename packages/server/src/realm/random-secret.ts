import { randomInt } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** As long as those that Keycloak makes: about 512 bits. */
const length = 86;

/** A fresh client secret of letters and digits. */
export function randomSecret(): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}
