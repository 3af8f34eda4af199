import { Talk, type Trace } from './talk.ts';
import type { Family } from './walk.ts';
import { families } from './walks/index.ts';

const DEFAULT_REALM = 'parity';
/** Waits of walks overlap; more at once would only slow each other. */
const MAX_WALKS_AT_ONCE = 6;

/** Family -> walk -> trace. */
export type Traces = Record<string, Record<string, Trace>>;

async function runWalk(base: string, family: Family, name: string): Promise<Trace> {
  const entry = family[name];
  const walk = typeof entry === 'function' ? { run: entry } : entry;
  if (walk === undefined) throw new Error(`no walk "${name}"`);
  const talk = new Talk(base, walk.realm ?? DEFAULT_REALM);
  try {
    await walk.run(talk);
  } catch (error) {
    // What was seen so far tells why; the missing steps show as differences.
    talk.trace['the walk ends here'] = { error: error instanceof Error ? error.message : String(error) };
  }
  return talk.trace;
}

/** Makes every walk of the chosen families against one server. */
export async function runWalks(base: string, chosen: readonly string[] = Object.keys(families)): Promise<Traces> {
  const traces: Traces = {};
  const waiting = chosen.flatMap((family) => {
    traces[family] = {};
    return Object.keys(families[family] ?? {}).map((name) => ({ family, name }));
  });
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const trace = await runWalk(base, families[next.family] ?? {}, next.name);
      (traces[next.family] as Record<string, Trace>)[next.name] = trace;
    }
  };
  await Promise.all(Array.from({ length: MAX_WALKS_AT_ONCE }, worker));
  return traces;
}
