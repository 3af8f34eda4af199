import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackProperties } from '../../packages/server/src/config/stack/stack-properties.ts';
import { CommandBench, type Outcome } from '../support/command-line.ts';
import { isOfStack, nameOf, propertyCases } from './cases.ts';
import { startDifferences } from './differences.ts';
import { readRecorded } from './keep-recorded.ts';

/** Processes at a time. */
const WIDTH = 4;
// A start that nothing else keeps from it goes as far as the database, which is not there.
const BASE = ['start', '--db-url=jdbc:postgresql://127.0.0.1:1/none', '--http-enabled=true', '--hostname-strict=false'];
const WENT_ON = 'The database at 127.0.0.1:1 cannot be reached';
const recorded = readRecorded();
const recordedServer = readRecorded('server');
/** Any text is possible; whoever reads it says whether it knows it. */
const freeTexts = [
  'jgroups.s3.bucket_prefix',
  'jgroups.s3.endpoint',
  'jgroups.google.project_id',
  'jgroups.google.endpoint',
  'jboss.jgroups.azure_ping.container',
  'jboss.jgroups.azure_ping.endpoint_suffix',
  // As Java reads them: whatever is not true is false.
  'java.net.preferIPv4Stack',
  'java.net.preferIPv6Addresses',
];

const bench = new CommandBench();
const answers = new Map<string, Outcome>();

beforeAll(async () => {
  const cwd = bench.folder();
  const waiting = [...propertyCases];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      answers.set(nameOf(next), await bench.run([...BASE, ...next.words], { cwd }));
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
}, 180_000);
afterAll(() => bench.clear());

describe('a start with a value that cannot be', () => {
  it.each(propertyCases.map((each) => [nameOf(each), each.about] as const))('ends as the original does: %s', (name, about) => {
    const here = answers.get(name);
    const there = recorded[name];
    expect(there, 'recorded').toBeDefined();
    const refusedHere = here?.err.includes(WENT_ON) === false;
    const refusedThere = there?.outcome === 'refused';
    if (refusedHere) {
      expect(here?.err).toContain(about);
      expect([1, 2]).toContain(here?.code);
    }
    const alike = refusedHere === refusedThere && (!refusedHere || there?.words.join('\n').includes(about) === true);
    expect({ name, alike }).toEqual({ name, alike: startDifferences[name] === undefined });
  });

  it.each(propertyCases.filter(isOfStack).map((each) => [nameOf(each), each.about] as const))(
    'ends the whole original as it ends its stacks: %s',
    (name, about) => {
      const [alone, whole] = [recorded[name], recordedServer[name]];
      expect(whole?.outcome).toBe(alone?.outcome);
      // What the stacks name the whole server names, too: its words are compared in sense with the ones above.
      if (alone?.words.join('\n').includes(about) === true) expect(whole?.words.join('\n')).toContain(about);
    },
  );

  it('is tried for every property of the stacks that does something', () => {
    const named = new Set(propertyCases.flatMap(({ names }) => names));
    const untold = Object.keys(stackProperties).filter((name) => stackProperties[name]?.inert === undefined && !named.has(name));
    expect(untold.sort()).toEqual([...freeTexts].sort());
  });
});
