import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../scripts/checks/repository.ts';
import { CommandBench } from '../support/command-line.ts';
import { testDatabaseUrl } from '../support/test-cluster.ts';
import { azureArguments } from './azurite.ts';
import { googleArguments, s3Arguments } from './scenes.ts';

const nowhere = 'http://127.0.0.1:9';

describe('a stack whose optional package is not installed', () => {
  const bench = new CommandBench();
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase(testDatabaseUrl(), 'keygrid_packages');
  });
  afterAll(async () => {
    await bench.clear();
    await database.drop();
  });

  it.concurrent.each([
    ['jdbc-ping-udp', 'udx-native', []],
    ['ec2', '@aws-sdk/client-s3', s3Arguments(nowhere)],
    ['azure', '@azure/storage-blob', azureArguments(9)],
    ['google', '@google-cloud/storage', googleArguments(nowhere)],
  ] as const)('%s: the start ends and names %s', async (stack, name, words) => {
    const [http, management, cluster] = await freePorts(3);
    const argv = [
      'start',
      '--http-enabled=true',
      '--hostname-strict=false',
      `--http-port=${http}`,
      `--http-management-port=${management}`,
      '--cache-embedded-network-bind-address=127.0.0.1',
      `--cache-embedded-network-bind-port=${cluster}`,
      `--spi-cache-embedded--default--cluster-name=${stack}`,
      `--cache-stack=${stack}`,
      ...words,
    ];
    const env = { KC_DB_URL: database.url, NODE_OPTIONS: `--import ${join(root, 'test/stacks/without-packages.ts')}` };
    const { code, out, err } = await bench.run(argv, { cwd: bench.folder(), env });
    expect(`${out}${err}`).toMatch(new RegExp(`needs the package ${name}: npm install ${name} `));
    expect(code).toBe(1);
    expect(out).not.toContain('Received new cluster view');
  });
});
