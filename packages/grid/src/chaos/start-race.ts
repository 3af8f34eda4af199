import { freePorts } from '../testing/free-ports.ts';
import { Crew } from './crew.ts';
import { ChaosDatabase } from './database.ts';
import { Mesh } from './mesh.ts';

export interface RaceOptions {
  /** Rounds in which the first and the last start lie at most 2 ms apart; others are judged too, and made up for as far as that goes. */
  readonly rounds: number;
  readonly nodes: number;
  say(line: string): void;
}

export interface RaceResult {
  readonly violations: readonly string[];
  /** Time between the first and the last call of Grid.start, of each round. */
  readonly apartMs: readonly number[];
  /** From the first call until all were members of one stable view. */
  readonly agreedMs: readonly number[];
}

const settleMs = 20_000;
const closeMs = 2;
/** A machine that has no processor to spare gives up at so many times the rounds. */
const mostRounds = 4;

/** Members start together on an empty cluster, over and over: one lineage of views each time (M6), and nobody decides by silence. */
export async function raceStarts({ rounds, nodes, say }: RaceOptions): Promise<RaceResult> {
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  const violations: string[] = [];
  const apartMs: number[] = [];
  const agreedMs: number[] = [];
  const database = await ChaosDatabase.start(names);
  try {
    for (let round = 1; closeOf(apartMs) < rounds && round <= rounds * mostRounds; round += 1) {
      const ports = await freePorts(nodes);
      const places = names.map((name, index) => ({ name, port: ports[index] ?? 0 }));
      const mesh = await Mesh.between(places);
      // A cluster name of its own: an empty view row.
      const crew = new Crew({ places, mesh, database, cluster: `race-${round}`, fastDeath: true, rotationIntervalMs: 3_600_000 });
      const handles = await crew.prepare(names);
      const beganAt = performance.now();
      crew.launchTogether(handles);
      if (await crew.settle(settleMs)) agreedMs.push(performance.now() - beganAt);
      else violations.push(`round ${round}: M6 no one view of all: ${await crew.describe()}`);
      violations.push(...crew.breaches.map((breach) => `round ${round}: ${breach}`));
      if (crew.lost.length > 0) violations.push(`round ${round}: M6 ${crew.lost.join(', ')} had a place and lost it`);
      const began = await Promise.all(handles.map((handle) => handle.started.catch(() => Number.NaN)));
      if (began.every(Number.isFinite)) apartMs.push(Math.max(...began) - Math.min(...began));
      await crew.close();
      await mesh.close();
    }
  } finally {
    await database.close();
  }
  say(`${apartMs.length} rounds of ${nodes} members that start together, ${agreedMs.length} ended in one view of all`);
  say(
    `starts apart: median ${median(apartMs).toFixed(2)} ms, at most ${closeMs} ms in ${closeOf(apartMs)} rounds, longest ${Math.max(...apartMs).toFixed(2)} ms`,
  );
  say(`all in one stable view: median ${median(agreedMs).toFixed(0)} ms, longest ${Math.max(...agreedMs).toFixed(0)} ms`);
  for (const violation of violations) say(`VIOLATION ${violation}`);
  say(violations.length === 0 ? 'violations: none' : `violations: ${violations.length}`);
  return { violations, apartMs, agreedMs };
}

function closeOf(apartMs: readonly number[]): number {
  return apartMs.filter((ms) => ms <= closeMs).length;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
