import type { Seen } from './json.ts';
import { noteToken } from './json.ts';
import { type Places, randomOf, shapeOfLifetime, shapeOfText } from './shape.ts';
import { isToken } from './token.ts';

const RANDOM_PARAMETERS = new Set(['tab_id', 'session_code', 'session_state']);

/** Notes a redirect target: where to, and each parameter with its shape. */
export function noteAddress(seen: Seen, path: string, address: string, places: Places): void {
  const url = new URL(address, places.base);
  seen[path] = shapeOfText(`${url.origin}${url.pathname}`, places);
  for (const [name, value] of url.searchParams) noteParameter(seen, `${path} ?${name}`, name, value, places);
  for (const [name, value] of new URLSearchParams(url.hash.slice(1))) noteParameter(seen, `${path} #${name}`, name, value, places);
}

/** What a tab belongs to, as text; the state that a broker sends along has random parts with dots between. */
function clientData(value: string): string {
  return Buffer.from(value, 'base64url')
    .toString('utf8')
    .replace(/"st":"[\w-]{43}\.[^"]*"/, '"st":"<state>"');
}

/** Notes one parameter of an address or of a form that posts itself. */
export function noteParameter(seen: Seen, path: string, name: string, value: string, places: Places): void {
  if (RANDOM_PARAMETERS.has(name)) seen[path] = randomOf(value);
  else if (isToken(value)) noteToken(seen, path, value, places);
  else if (name === 'code') seen[path] = value.split('.').map(randomOf).join('.');
  else if (name === 'client_data') seen[path] = shapeOfText(clientData(value), places);
  else if (name === 'expires_in') seen[path] = shapeOfLifetime(Number(value));
  else seen[path] = shapeOfText(value, places);
}
