import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandBench } from '../support/command-line.ts';

const bench = new CommandBench();
const home = bench.folder();
mkdirSync(join(home, 'conf'));
afterAll(() => bench.clear());

const run = (...argv: readonly string[]) =>
  bench.run(['update-compatibility', ...argv], { cwd: home, env: { KC_DB_URL: 'postgres://h/d' } });
const check = (...argv: readonly string[]) => run('check', '--file=stored.json', ...argv);

describe('update-compatibility', () => {
  it('stores metadata without secrets, and finds the same configuration compatible: 0', async () => {
    const stored = await run('metadata', '--file=stored.json', '--db-password=hunter2');
    expect(stored).toMatchObject({ code: 0, out: expect.stringMatching(/^Metadata:\n\{/) });
    const metadata = JSON.parse(readFileSync(join(home, 'stored.json'), 'utf8')) as Record<string, Record<string, string>>;
    expect(metadata).toMatchObject({
      database: { db: 'postgres' },
      jgroupsMtls: { enabled: 'true' },
      cacheEmbedded: { authenticationSessionsOwners: '2', protocolVersion: expect.stringMatching(/^\d+$/) },
    });
    expect(stored.out + JSON.stringify(metadata)).not.toContain('hunter2');
    const same = await check('--db-password=another', '--http-port=1234');
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toContain('[cacheEmbedded] Provider is compatible.\n');
    expect(same.out).toMatch(/\[OK\] Rolling Update is available\.\n$/);
  });

  it.concurrent.each<[readonly string[], string]>([
    [['--cache=local'], "'cacheEmbedded.protocolVersion' is incompatible: 1 -> null."],
    [['--cache-stack=tcp'], "'cacheEmbedded.stack' is incompatible: null -> tcp."],
    [['--cache-embedded-mtls-enabled=false'], "'jgroupsMtls.enabled' is incompatible: true -> false."],
    [['--spi-cache-embedded--default--action-tokens-owners=3'], "'cacheEmbedded.actionTokensOwners' is incompatible: 2 -> 3."],
    [['--features-disabled=persistent-user-sessions'], "'feature-compatibility.persistent-user-sessions' is incompatible: "],
    [['--db-schema=other'], "'database.schema' is incompatible: null -> other."],
  ])('asks for a full stop where %j changes: 3', async (argv, line) => {
    const outcome = await check(...argv);
    expect(outcome.err).toContain(`Rolling Update is not available. ${line}`);
    expect(outcome.code).toBe(3);
  });

  it('asks for a full stop where the cache configuration file changed', async () => {
    writeFileSync(join(home, 'conf', 'cache-ispn.xml'), '<infinispan/>');
    expect(await check()).toMatchObject({ code: 3, err: expect.stringContaining("'cacheEmbedded.configFile' is incompatible: null -> ") });
  });

  it('asks for a full stop where the version is of another line', async () => {
    const text = readFileSync(join(home, 'stored.json'), 'utf8').replace(/"version":"\d+\.\d+\.\d+"/, '"version":"0.0.9"');
    writeFileSync(join(home, 'older.json'), text);
    expect(await run('check', '--file=older.json')).toMatchObject({
      code: 3,
      err: expect.stringContaining("'keycloak.version' is incompatible: 0.0.9 -> "),
    });
  });

  it.concurrent.each<[readonly string[], number, string]>([
    [['check'], 2, 'Missing required argument: --file'],
    [['check', '--file=none.json'], 2, "none.json' not found"],
    [['check', '--file=conf'], 2, "conf' is not a file"],
    [['check', '--file=broken.json'], 2, "Unable to read file '"],
    [['check', '--htp-port=1'], 2, "Unknown option: '--htp-port'"],
    [['metadata', '--cache=none'], 2, "Invalid value for option '--cache': none"],
    [['metadata', '--file=/none/m.json'], 2, "Unable to write file '/none/m.json'"],
    [[], 2, 'Missing required subcommand'],
    [['metadata', '--features-disabled=rolling-updates'], 4, "None of the versions of the feature 'rolling-updates' is enabled"],
    [['check', '--file=stored.json', '--features-disabled=rolling-updates'], 4, 'Unable to use this command'],
  ])('%j ends with %d', async (argv, code, message) => {
    writeFileSync(join(home, 'broken.json'), '{');
    const outcome = await run(...argv);
    expect(outcome.err).toContain(message);
    expect(outcome.code).toBe(code);
  });
});
