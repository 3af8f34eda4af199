import { GridError } from '../errors.ts';
import { Random } from '../simulator/random.ts';
import { type Target, targets } from './targets.ts';

export interface FuzzFinding {
  readonly target: string;
  readonly seed: number;
  readonly number: number;
  readonly error: string;
  /** Hexadecimal. */
  readonly bytes: string;
}

export interface FuzzTally {
  readonly target: string;
  cases: number;
  /** Refused with GRID_MALFORMED_FRAME. */
  refused: number;
  /** Well-formed, and turned away by an assertion inside: the connection is closed. */
  asserted: number;
  longestMs: number;
}

export interface FuzzResult {
  readonly tallies: readonly FuzzTally[];
  readonly findings: readonly FuzzFinding[];
  readonly grownBytes: number;
}

const maxFindings = 20;
const checkEvery = 4_096;
/** Nothing that a case makes may stay; what comes and goes between two collections stays far below this. */
const maxGrownBytes = 256 * 1_048_576;
/** What is made of a message is no larger than the message: text of two bytes a letter may double it. */
const growth = 2;

/** `cases` in turn over all targets; the same seed gives the same cases. */
export function runFuzz(cases: number, seed: number): FuzzResult {
  const all = targets();
  const tallies = all.map(({ name }): FuzzTally => ({ target: name, cases: 0, refused: 0, asserted: 0, longestMs: 0 }));
  const findings: FuzzFinding[] = [];
  const randoms = all.map(({ name }) => new Random(seed, name));
  const before = memory();
  let grownBytes = 0;
  for (let number = 0; number < cases && findings.length < maxFindings; number += 1) {
    const turn = number % all.length;
    const [target, random, tally] = [all[turn] as Target, randoms[turn] as Random, tallies[turn] as FuzzTally];
    const bytes = target.make(random);
    const error = attempt(target, random, tally, bytes);
    if (error !== undefined) findings.push({ target: target.name, seed, number, error, bytes: Buffer.from(bytes).toString('hex') });
    if (number % checkEvery === 0) grownBytes = Math.max(grownBytes, memory() - before);
  }
  if (grownBytes > maxGrownBytes)
    findings.push({ target: 'memory', seed, number: cases, error: `${grownBytes} bytes more than before`, bytes: '' });
  return { tallies, findings, grownBytes };
}

function attempt(target: Target, random: Random, tally: FuzzTally, bytes: Uint8Array): string | undefined {
  const beganAt = performance.now();
  tally.cases += 1;
  try {
    const made = target.take(bytes, random);
    if (made > bytes.length * growth) return `${made} bytes were made of ${bytes.length}`;
    return undefined;
  } catch (error) {
    if (error instanceof GridError && error.code === 'GRID_MALFORMED_FRAME') tally.refused += 1;
    else if (error instanceof Error && error.message.startsWith('grid invariant broken')) tally.asserted += 1;
    else return error instanceof Error ? (error.stack ?? error.message) : String(error);
    return undefined;
  } finally {
    tally.longestMs = Math.max(tally.longestMs, performance.now() - beganAt);
  }
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
