import { GridError } from '../../errors.ts';
import type { Ask, Vote } from './messages.ts';

/** Questions and votes as JSON: a few a second, and readable in a capture. Peers have proven who they are before anything is parsed. */

const maxBytes = 512 * 1_024;
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder('utf-8', { fatal: true });
const askKinds: ReadonlySet<string> = new Set<Ask['kind']>(['read', 'row', 'drop', 'forget', 'prepare', 'accept', 'decided']);
const verdicts: ReadonlySet<string> = new Set<Vote['verdict']>(['ok', 'gone', 'busy', 'refused']);

export function encodeAsk(ask: Ask): Uint8Array {
  return textEncoder.encode(JSON.stringify(ask));
}

export function encodeVote(vote: Vote): Uint8Array {
  return textEncoder.encode(JSON.stringify(vote));
}

/** @throws GridError GRID_MALFORMED_FRAME */
export function decodeAsk(bytes: Uint8Array): Ask {
  const ask = parse(bytes);
  if (typeof ask['kind'] !== 'string' || !askKinds.has(ask['kind']))
    throw new GridError('GRID_MALFORMED_FRAME', 'a question of no known kind');
  return ask as unknown as Ask;
}

/** @throws GridError GRID_MALFORMED_FRAME */
export function decodeVote(bytes: Uint8Array): Vote {
  const vote = parse(bytes);
  const whole =
    Number.isSafeInteger(vote['id']) &&
    verdicts.has(String(vote['verdict'])) &&
    Array.isArray(vote['rows']) &&
    Array.isArray(vote['dropped']);
  if (!whole) throw new GridError('GRID_MALFORMED_FRAME', 'a vote without id, verdict or rows');
  return vote as unknown as Vote;
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length > maxBytes) throw new GridError('GRID_MALFORMED_FRAME', `${bytes.length} bytes, at most ${maxBytes} allowed`);
  let value: unknown;
  try {
    value = JSON.parse(textDecoder.decode(bytes));
  } catch {
    throw new GridError('GRID_MALFORMED_FRAME', 'no JSON');
  }
  if (typeof value !== 'object' || value === null) throw new GridError('GRID_MALFORMED_FRAME', 'no object');
  return value as Record<string, unknown>;
}
