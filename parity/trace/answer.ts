import type { Answer } from '../../bench/drivers/http.ts';
import { noteAddress } from './address.ts';
import { noteCookies } from './cookies.ts';
import { noteJson, noteToken, type Seen } from './json.ts';
import { noteLandmarks } from './landmarks.ts';
import { type Places, shapeOfText } from './shape.ts';
import { isToken } from './token.ts';

/** Headers of the connection, and those that stand elsewhere in the trace. */
const NOT_COMPARED = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'location',
  'set-cookie',
  'transfer-encoding',
  'server-timing',
]);
const MAX_TEXT_CHARACTERS = 200;

/** What an answer shows, normalised so that two servers can be compared. */
export function traceOf(answer: Answer, places: Places): Seen {
  const seen: Seen = { status: String(answer.status) };
  for (const [name, value] of Object.entries(answer.headers))
    if (!NOT_COMPARED.has(name)) seen[`header ${name}`] = shapeOfText(String(value), places);
  noteCookies(seen, answer.headers['set-cookie'] ?? [], places);
  if (answer.headers.location !== undefined) noteAddress(seen, 'redirect', answer.headers.location, places);
  noteBody(seen, answer, places);
  return seen;
}

function noteBody(seen: Seen, answer: Answer, places: Places): void {
  const type = String(answer.headers['content-type'] ?? '');
  if (answer.text === '') seen['body'] = 'empty';
  else if (type.includes('json')) noteJson(seen, 'json', JSON.parse(answer.text), places);
  else if (type.includes('html')) noteLandmarks(seen, answer.text, places);
  else if (isToken(answer.text)) noteToken(seen, 'body', answer.text, places);
  else seen['body'] = shapeOfText(answer.text.slice(0, MAX_TEXT_CHARACTERS), places);
}
