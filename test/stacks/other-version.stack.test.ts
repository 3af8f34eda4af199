import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '../../packages/grid/src/protocol/types.ts';
import { root } from '../../scripts/checks/repository.ts';
import { CommandBench } from '../support/command-line.ts';
import { until } from '../support/test-cluster.ts';
import { everything } from './scenes.ts';
import { StackNodes } from './stack-nodes.ts';

/** The environment of a program whose version stands in `file`. */
const as = (file: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import ${join(root, 'test/stacks/as-version.ts')}`,
  KEYGRID_TEST_PROTOCOL_FILE: file,
});
const previous = PROTOCOL_VERSION - 1;
const next = PROTOCOL_VERSION + 1;
const refusal = (theirs: number, own: number): string => `protocol version ${theirs}, version ${own} is spoken here`;

describe('a node whose protocol has another version than the members', () => {
  const commands = new CommandBench();
  const cwd = commands.folder();
  afterAll(() => commands.clear());
  const versioned = (version: number): string => {
    const file = join(cwd, `version-${version}`);
    writeFileSync(file, String(version));
    return file;
  };

  // CI has the same at the level of the grid, in protocol-version.cluster.test.ts.
  (everything ? it : undefined)?.(
    'stays out, unready, with the reason in its log and in theirs; they go on, and it joins once it has their version',
    async () => {
      const files = new Map([previous, next].map((version, index) => [index + 1, versioned(version)]));
      await using cluster = await StackNodes.prepare(3, { arguments: [], moreEnv: (index) => as(files.get(index) ?? '') });
      cluster.node(0).start();
      await cluster.settled([0]);
      const before = cluster.log(0).length;
      for (const index of [1, 2]) cluster.node(index).start();
      await cluster.warned([1], refusal(previous, PROTOCOL_VERSION));
      await cluster.warned([2], refusal(next, PROTOCOL_VERSION));
      // They refuse it as it refuses them.
      for (const version of [previous, next])
        await until('the member says it too', () => cluster.warnings(0, refusal(PROTOCOL_VERSION, version)).length > 0);
      expect(await cluster.isReady(0)).toBe(true);
      expect(cluster.log(0).slice(before)).not.toContain('ISPN000094');
      for (const [index, file] of files) {
        await cluster.kill(index);
        rmSync(file);
        cluster.node(index).start();
      }
      await cluster.settled([0, 1, 2]);
    },
  );

  it('is told beforehand by update-compatibility that both cannot run beside each other', async () => {
    const file = join(cwd, 'metadata.json');
    const env = { KC_DB_URL: 'postgres://h/d' };
    expect((await commands.run(['update-compatibility', 'metadata', `--file=${file}`], { cwd, env })).code).toBe(0);
    for (const version of [previous, next]) {
      const check = ['update-compatibility', 'check', `--file=${file}`];
      const { code, err } = await commands.run(check, { cwd, env: { ...env, ...as(versioned(version)) } });
      expect(err).toContain(`'cacheEmbedded.protocolVersion' is incompatible: ${PROTOCOL_VERSION} -> ${version}.`);
      expect(code).toBe(3);
    }
  });
});
