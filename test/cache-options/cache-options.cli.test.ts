import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheOptions } from '../../packages/server/src/config/options/cache.ts';
import { CommandBench } from '../support/command-line.ts';
import { nameOf, refusedCases } from './cases.ts';
import { optionDifferences } from './differences.ts';

interface Recorded {
  readonly code: number | null;
  readonly words: readonly string[];
}

/** Processes at a time. */
const WIDTH = 4;
const BASE = ['start', '--db-url=jdbc:postgresql://127.0.0.1:1/none', '--http-enabled=true', '--hostname-strict=false'];
const recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')) as Record<string, Recorded>;
const bench = new CommandBench();
const answers = new Map<string, Recorded>();

/** The sentence that says what is wrong: hints, and warnings before it, are each server's own. */
function sentence(words: readonly string[]): string {
  const isHint = (line: string): boolean =>
    /^(?:Possible solutions|Try |Specify '--help-all'|WARNING|The following used options|\t- |Consult the Release Notes|More details|For more details|ERROR: Failed to)/.test(
      line,
    );
  return words.find((line) => !isHint(line)) ?? '';
}

beforeAll(async () => {
  const cwd = bench.folder();
  const waiting = [...refusedCases];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { code, err } = await bench.run([...BASE, ...next.options], { cwd, env: next.env ?? {} });
      answers.set(nameOf(next), { code, words: err.split('\n').filter((line) => line !== '') });
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
});
afterAll(() => bench.clear());

describe('an option of the caches that cannot be used', () => {
  it.each(refusedCases.map(nameOf))('is refused as by the original: %s', (name) => {
    const [here, there] = [answers.get(name), recorded[name]];
    expect(there, 'recorded').toBeDefined();
    if (optionDifferences[name] !== undefined) {
      expect([here?.code, sentence(here?.words ?? [])]).not.toEqual([there?.code, sentence(there?.words ?? [])]);
      return;
    }
    expect(sentence(here?.words ?? [])).toBe(sentence(there?.words ?? []));
    expect(here?.code).toBe(there?.code);
  });

  it('is the one for histograms where metrics are off', async () => {
    const { code, err } = await bench.run([...BASE, '--cache-metrics-histograms-enabled=true'], { cwd: bench.folder() });
    expect(err).toContain("Disabled option: '--cache-metrics-histograms-enabled'. Available only when metrics are enabled");
    expect(code).toBe(2);
  });

  it('is the kind of external caches where nothing here speaks to it', async () => {
    const { code, err } = await bench.run([...BASE, '--features=clusterless', '--cache-remote-host=h', '--cache-remote-type=memcached'], {
      cwd: bench.folder(),
    });
    expect(err).toMatch(/Invalid value for option '--cache-remote-type': memcached.*infinispan, redis/);
    expect(code).toBe(2);
  });

  const remote = ['--features=clusterless', '--cache-remote-host=h'];
  it.each<[string, string]>([
    ...Object.keys(cacheOptions)
      .filter((name) => /sessions-max-count$/.test(name))
      .map((name): [string, string] => [
        `--${name}=5`,
        `Disabled option: '--${name}'. Available only when embedded Infinispan clusters configured`,
      ]),
    ['--cache-remote-port=many', `Invalid value for option '--cache-remote-port': Expected an integer value, got "many"`],
    ['--cache-remote-tls-enabled=maybe', "Invalid value for option '--cache-remote-tls-enabled': maybe. Expected values are: true, false"],
  ])('is one that does not fit external caches: %s', async (option, message) => {
    // The original takes features when it is built, so that this is not compared.
    const { code, err } = await bench.run([...BASE, ...remote, option], { cwd: bench.folder() });
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  /** What the original said of an option, in the cases above. */
  const saidOf = (name: string): string[] =>
    refusedCases
      .filter(({ options }) => options.some((option) => option.split('=', 1)[0] === `--${name}`))
      .map((each) => sentence(recorded[nameOf(each)]?.words ?? []));
  /** Each has a test of its own above: it needs metrics, or external caches. */
  const elsewhere = /^cache-metrics-histograms-enabled$|^cache-remote-type$|sessions-max-count$/;

  it('is every one that has a condition, where that does not hold', () => {
    const conditional = Object.entries(cacheOptions).filter(([name, option]) => 'condition' in option && !elsewhere.test(name));
    const untold = conditional.filter(([name]) => !saidOf(name).some((said) => /^Disabled option|available only when/.test(said)));
    expect(untold.map(([name]) => name)).toEqual([]);
  });

  it('is every one whose values are not free, with one that cannot be', () => {
    const free = (kind: { readonly type: string; readonly strict?: boolean }): boolean =>
      ['string', 'file', 'list'].includes(kind.type) || kind.strict === false;
    const bound = Object.entries(cacheOptions).filter(([, { kind }]) => !free(kind));
    const untold = bound.filter(([name]) => !saidOf(name).some((said) => said.startsWith('Invalid')));
    expect(untold.map(([name]) => name)).toEqual([
      'cache-metrics-histograms-enabled',
      'cache-remote-type',
      'cache-remote-port',
      'cache-remote-tls-enabled',
    ]);
  });
});

describe('an option of the caches', () => {
  it('is taken with a possible value, shown with its source, and masked where it is a secret', async () => {
    const values = Object.entries(cacheOptions).map(([name, option]) => {
      const { type, allowed } = option.kind;
      return [name, allowed?.[0] ?? (type === 'int' ? '7' : type === 'list' ? 'a,b' : `x-${name}`)] as const;
    });
    const { code, out, err } = await bench.run(
      [
        'show-config',
        '--metrics-enabled=true',
        '--features=multi-site',
        ...values.filter(([name]) => !clusteredOnly(name)).map(([name, value]) => `--${name}=${value}`),
      ],
      { cwd: bench.folder() },
    );
    expect([code, err]).toEqual([0, expect.not.stringContaining('not available')]);
    const embedded = await bench.run(
      [
        'show-config',
        '--cache-embedded-mtls-enabled=true',
        ...values
          .filter(([name]) => clusteredOnly(name) && name !== 'cache-embedded-mtls-enabled')
          .map(([name, value]) => `--${name}=${value}`),
      ],
      { cwd: bench.folder() },
    );
    expect(embedded.code).toBe(0);
    for (const [name, value] of values) {
      const secret = 'secret' in (cacheOptions as Readonly<Record<string, object>>)[name]!;
      const shown = secret ? '*******' : name === 'cache-embedded-mtls-enabled' ? 'true' : value;
      expect(out + embedded.out).toContain(`\tkc.${name} =  ${shown} (CLI)\n`);
      if (secret) expect(out + err + embedded.out + embedded.err).not.toContain(value);
    }
  });
});

/** Options that an external cache takes away: the transport's and the clustered bounds. */
function clusteredOnly(name: string): boolean {
  return /^cache-embedded-(?:network|mtls|.*sessions)|^cache-stack$|^cache$/.test(name);
}
