import { noteToken, type Seen } from './json.ts';
import { type Places, randomOf, shapeOfLifetime, shapeOfText } from './shape.ts';
import { isToken } from './token.ts';

/** Notes the Set-Cookie lines of an answer: value shape and attributes. */
export function noteCookies(seen: Seen, lines: readonly string[], places: Places): void {
  for (const line of lines) {
    const [pair = '', ...rest] = line.split(';').map((text) => text.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const value = pair.slice(at + 1).replace(/^"(.*)"$/, '$1');
    const attributes = rest.map((text) => attribute(text)).sort();
    const path = `cookie ${name}`;
    // What a server puts into the cookie from which it starts a login again is its own affair.
    if (isToken(value) && name !== 'KC_RESTART') noteToken(seen, `${path} token`, value, places);
    seen[path] = [valueShape(name, value, places), ...attributes].join('; ');
  }
}

function valueShape(name: string, value: string, places: Places): string {
  if (value === '') return '<empty>';
  if (name === 'AUTH_SESSION_ID') return value.split('.').length > 1 ? '<id>.<route>' : '<id>';
  if (isToken(value)) return '<jwt>';
  return name.startsWith('K') && !value.includes('.') ? randomOf(value) : shapeOfText(value, places);
}

function attribute(text: string): string {
  const [name = '', value] = text.split('=');
  const lower = name.toLowerCase();
  if (lower === 'max-age') return `max-age=${value === '0' ? '0' : shapeOfLifetime(Number(value))}`;
  if (lower === 'expires') return `expires=${/1970/.test(value ?? '') ? 'past' : '<date>'}`;
  return value === undefined ? lower : `${lower}=${value}`;
}
