import { type Places, randomOf, shapeOfLifetime, shapeOfNumber, shapeOfText } from './shape.ts';
import { claimsOf, isToken } from './token.ts';

/** A trace: what was seen -> its normalised value. Names read like `json.scope`, `cookie KC_RESTART`, `header cache-control`. */
export type Seen = Record<string, string>;

const LIFETIMES = new Set(['expires_in', 'refresh_expires_in']);
const WORD_LISTS = new Set(['scope']);
const RANDOM_TEXTS = new Set([
  'sid',
  'session_state',
  'kid',
  'at_hash',
  'c_hash',
  's_hash',
  'state_checker',
  'x5t',
  'x5t#S256',
  'n',
  'x',
  'y',
]);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const EPOCH_TEXT = /^1[6-9]\d{8}$/;
const OPAQUE_TEXTS = new Set(['x5c', 'public_key']);

/** Notes every leaf of a JSON value under its path; tokens are opened. */
export function noteJson(seen: Seen, path: string, value: unknown, places: Places): void {
  const key = path.slice(path.lastIndexOf('.') + 1);
  if (Array.isArray(value)) noteList(seen, path, value, places);
  else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) seen[path] = '{}';
    // Some objects are keyed by ids.
    for (const [name, member] of entries) noteJson(seen, `${path}.${name.replace(UUID, '<uuid>')}`, member, places);
  } else if (typeof value === 'string') noteText(seen, path, key, value, places);
  else if (typeof value === 'number') seen[path] = LIFETIMES.has(key) ? shapeOfLifetime(value) : shapeOfNumber(value);
  else seen[path] = String(value);
}

function noteText(seen: Seen, path: string, key: string, value: string, places: Places): void {
  if (isToken(value)) noteToken(seen, path, value, places);
  else if (OPAQUE_TEXTS.has(key)) seen[path] = '<text>';
  else if (RANDOM_TEXTS.has(key)) seen[path] = randomOf(value);
  else if (WORD_LISTS.has(key)) seen[path] = `"${value.split(' ').sort().join(' ')}"`;
  else seen[path] = `"${EPOCH_TEXT.test(value) ? '<epoch>' : shapeOfText(value, places)}"`;
}

/** Lists are compared as sets: neither server promises an order. */
function noteList(seen: Seen, path: string, list: readonly unknown[], places: Places): void {
  const key = path.slice(path.lastIndexOf('.') + 1);
  if (list.every((item) => typeof item !== 'object')) {
    const items = OPAQUE_TEXTS.has(key) ? list.map(() => '<text>') : list.map((item) => shapeOfText(String(item), places));
    seen[path] = JSON.stringify(items.sort());
    return;
  }
  const shapes = list.map((item) => {
    const own: Seen = {};
    noteJson(own, '', item, places);
    return own;
  });
  const inOrder = shapes.map((own) => JSON.stringify(Object.entries(own).sort())).sort();
  for (const [index, text] of inOrder.entries())
    for (const [name, value] of JSON.parse(text) as [string, string][]) seen[`${path}[${index}]${name}`] = value;
}

/** Notes header and claims of a token, and its lifetime. */
export function noteToken(seen: Seen, path: string, token: string, places: Places): void {
  seen[path] = '<jwt>';
  const { header, claims } = claimsOf(token);
  noteJson(seen, `${path} header`, header, places);
  noteJson(seen, `${path} claims`, claims, places);
  const { exp, iat } = claims;
  if (typeof exp === 'number' && typeof iat === 'number') seen[`${path} lifetime`] = shapeOfLifetime(exp - iat);
}
