import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { type MadeCertificate, makeKeyStore, makeRsaCertificate, makeTrustStore } from '../../packages/server/src/testing/make-stores.ts';
import { findFacility } from '../../scripts/testing/skips.ts';
import { CommandBench, type CommandRun } from '../support/command-line.ts';
import { testDatabaseUrl, until } from '../support/test-cluster.ts';

const bench = new CommandBench();
const password = 'correct horse';
let database: FreshDatabase;
let authority: MadeCertificate;
let ports: readonly number[] = [];

/** A home with the two stores in conf/, as the guide names them. */
function home(key: Buffer, trust: Buffer): string {
  const folder = bench.folder();
  mkdirSync(join(folder, 'conf'));
  writeFileSync(join(folder, 'conf', 'cache-mtls-keystore.p12'), key);
  writeFileSync(join(folder, 'conf', 'cache-mtls-truststore.p12'), trust);
  return folder;
}

const environment = (index: number): Record<string, string> => ({
  KC_DB_URL: database.url,
  KC_HTTP_ENABLED: 'true',
  KC_HTTP_HOST: '127.0.0.1',
  KC_HTTP_PORT: `${ports[index * 3]}`,
  KC_HTTP_MANAGEMENT_PORT: `${ports[index * 3 + 1]}`,
  KC_HOSTNAME_STRICT: 'false',
  KC_SHUTDOWN_DELAY: '0',
  KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS: '127.0.0.1',
  KC_CACHE_EMBEDDED_NETWORK_BIND_PORT: `${ports[index * 3 + 2]}`,
  KC_CACHE_EMBEDDED_MTLS_KEY_STORE_PASSWORD: password,
  KC_CACHE_EMBEDDED_MTLS_TRUST_STORE_PASSWORD: password,
});

beforeAll(async () => {
  database = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
  ports = await freePorts(9);
  authority = await makeRsaCertificate({ name: 'authority' });
});
afterAll(async () => {
  await bench.clear();
  await database.drop();
});

describe('key and trust stores of the operator', () => {
  const runs: CommandRun[] = [];

  it('make nodes with certificates of one authority a cluster, and nothing is put into the database', async () => {
    const nodes = await Promise.all(['one', 'two'].map((name) => makeRsaCertificate({ name, issuer: authority })));
    const begin = (index: number): CommandRun => {
      const key = makeKeyStore(nodes[index] as MadeCertificate, password, [authority.certificate]);
      return bench.begin(['start', `--spi-cache-embedded--default--node-name=n${index + 1}`], {
        cwd: home(key, makeTrustStore(authority.certificate, password)),
        env: environment(index),
      });
    };
    runs.push(begin(0));
    await runs[0]?.started();
    runs.push(begin(1));
    await Promise.all(runs.map((run) => run.until(/ISPN000094: .*\(2\) \[/)));
    await Promise.all(runs.map((run) => run.started()));
    expect(await database.query("select 1 from server_config where server_config_key like 'crt_jgroups%'")).toHaveLength(0);
  });

  it('keep a node with a certificate of somebody else outside, and say so with the id JGRP000006', async () => {
    const stranger = await makeRsaCertificate({ name: 'stranger' });
    const run = bench.begin(['start'], {
      cwd: home(makeKeyStore(stranger, password), makeTrustStore(authority.certificate, password)),
      env: environment(2),
    });
    await until('a member rejects the stranger', () => runs.some((member) => member.out.includes('JGRP000006: ')));
    await run.until(/nodes with the same two files refuse each other/);
    expect(run.out).not.toMatch(/ISPN000094: .*\(3\)/);
    run.signal('SIGKILL');
    await run.ended;
    for (const member of [...runs, run]) {
      expect(member.out + member.err).not.toContain('PRIVATE KEY');
      expect(member.out + member.err).not.toContain(password);
    }
  });

  it('are refused by name where they cannot be used', async () => {
    await Promise.all(runs.map((run) => run.stop()));
    const good = home(
      makeKeyStore(await makeRsaCertificate({ name: 'one', issuer: authority }), password),
      makeTrustStore(authority.certificate, password),
    );
    const run = (argv: readonly string[], without: readonly string[] = []) => {
      const env = Object.fromEntries(Object.entries(environment(0)).filter(([name]) => !without.includes(name)));
      return bench.run(['start', ...argv], { cwd: good, env });
    };
    const trustPassword = 'KC_CACHE_EMBEDDED_MTLS_TRUST_STORE_PASSWORD';
    const cases: [Promise<{ code: number | null; err: string }>, number, string][] = [
      [
        run(['--cache-embedded-mtls-key-store-file=/none.p12']),
        1,
        "The 'cache-embedded-mtls-key-store-file' file '/none.p12' does not exist.",
      ],
      [run(['--cache-embedded-mtls-key-store-password=hunter2']), 1, "'cache-embedded-mtls-key-store-password' does not open it"],
      [
        run([], [trustPassword]),
        2,
        "The option 'cache-embedded-mtls-trust-store-file' requires 'cache-embedded-mtls-trust-store-password' to be enabled.",
      ],
      [
        bench.run(['start', '--cache-embedded-mtls-key-store-file=key.p12', '--cache-embedded-mtls-key-store-password=x'], {
          cwd: bench.folder(),
          env: Object.fromEntries(Object.entries(environment(0)).filter(([name]) => !name.includes('_MTLS_'))),
        }),
        1,
        "Property 'cache-embedded-mtls-trust-store-file' required but not specified",
      ],
      [
        run(['--cache-stack=udp', '--cache-embedded-mtls-key-store-file=x.p12']),
        2,
        "Disabled option: '--cache-embedded-mtls-key-store-file'. Available only when property 'cache-embedded-mtls-enabled' is enabled",
      ],
    ];
    for (const [made, code, message] of cases) {
      const outcome = await made;
      expect(outcome.err).toContain(message);
      expect(outcome.err).not.toContain('hunter2');
      expect(outcome.code).toBe(code);
    }
  });
});

describe.skipIf(findFacility('java') === undefined)("stores that Java's keytool made", () => {
  it.each([
    ['PKCS12', 'EC'],
    ['JKS', 'RSA'],
  ])('are read: %s with a key of %s', async (type, algorithm) => {
    const folder = bench.folder();
    const keytool = (...argv: readonly string[]): void =>
      void execFileSync('keytool', [...argv, '-storepass', password], { cwd: folder, stdio: 'ignore' });
    keytool(
      '-genkeypair',
      '-alias',
      'n',
      '-keyalg',
      algorithm,
      '-dname',
      'CN=kt',
      '-storetype',
      type,
      '-keystore',
      'own',
      '-keypass',
      password,
    );
    keytool('-exportcert', '-alias', 'n', '-keystore', 'own', '-file', 'crt');
    keytool('-importcert', '-noprompt', '-alias', 'n', '-file', 'crt', '-storetype', type, '-keystore', 'trusted');
    const run = bench.begin(['start', '--cache-embedded-mtls-key-store-file=own', '--cache-embedded-mtls-trust-store-file=trusted'], {
      cwd: folder,
      env: environment(0),
    });
    await run.until(/ISPN000094: .*\(1\) \[/);
    await run.started();
    expect(run.out).not.toContain('refuse each other');
    expect((await run.stop()).code).toBe(143);
  });
});
