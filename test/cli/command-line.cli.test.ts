import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../../packages/server/bin/keygrid.mjs', import.meta.url));
const TIME_LIMIT_MS = 90_000;
let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'keygrid-cli-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function keygrid(argv: readonly string[], environment: Record<string, string> = {}, runtime = process.execPath): Outcome {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('KC_') && !name.startsWith('JAVA_OPTS')),
  );
  const done = spawnSync(runtime, [launcher, ...argv], {
    cwd: home,
    env: { ...clean, ...environment },
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS,
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

describe('keygrid', () => {
  it('shows its version and help', () => {
    expect(keygrid(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Keygrid \d+\.\d+\.\d+\nNode: v\d+/) });
    const help = keygrid(['--help']);
    expect(help.code).toBe(0);
    for (const command of ['start', 'start-dev', 'show-config', 'import', 'export', 'bootstrap-admin user', 'bootstrap-admin service']) {
      expect(help.out).toContain(`  ${command} `);
      expect(keygrid([...command.split(' '), '--help'])).toMatchObject({ code: 0, err: '' });
    }
    expect(keygrid(['start', '--help-all']).out).toContain('--spi-cache-embedded--default--node-name <name>');
  });

  it.each<[readonly string[], number, string]>([
    [['start', '--htp-port=99'], 2, "Unknown option: '--htp-port'\nPossible solutions: --http-port"],
    [['strt'], 2, "Unknown option: 'strt'\nDid you mean: keygrid start"],
    [['start', '--http-port=abc'], 2, 'Invalid value for option \'--http-port\': Expected an integer value, got "abc"'],
    [['start', '--cache', 'infinispan'], 2, "Invalid value for option '--cache': infinispan. Expected values are: ispn, local"],
    [
      ['start', '--cache=local', '--cache-stack=tcp'],
      2,
      "Disabled option: '--cache-stack'. Available only when 'cache' type is set to 'ispn'",
    ],
    [['start'], 2, 'No database is configured.'],
    [['start', '--db-url=jdbc:postgresql://h/d'], 2, 'No key material for HTTPS is configured.'],
    [['start', '--db-url=jdbc:postgresql://h/d', '--http-enabled=true'], 1, 'ERROR: hostname is not configured'],
    [['import'], 2, 'Must specify either --dir or --file options.'],
    [['bootstrap-admin'], 2, 'Missing required subcommand'],
    [['bootstrap-admin', 'user', '--no-prompt'], 2, 'No password provided'],
    [['--config-file=/none.conf', 'start'], 2, '/none.conf'],
    [['start-dev', '--log=file', '--log-file=/sys/x.log'], 2, "The log file /sys/x.log (option 'log-file') cannot be written: "],
  ])('ends %j with %d', (argv, code, message) => {
    const outcome = keygrid(argv);
    expect(outcome.err).toContain(message);
    expect(outcome.code).toBe(code);
  });

  it('reads conf/keycloak.conf of KC_HOME_DIR, else of the working directory, under the environment and the command line', () => {
    const other = join(home, 'other');
    mkdirSync(join(home, 'conf'), { recursive: true });
    mkdirSync(join(other, 'conf'), { recursive: true });
    writeFileSync(join(home, 'conf', 'keycloak.conf'), 'http-port=1001\nhttps-port=1002\ndb-password=hunter2\nhostname=from-file\n');
    writeFileSync(join(other, 'conf', 'keycloak.conf'), 'hostname=from-other\n');
    const { code, out } = keygrid(['show-config', '--http-port', '1003'], { KC_HTTPS_PORT: '1004' });
    expect(code).toBe(0);
    expect(out).toMatch(/^Current Mode: production\nCurrent Configuration:\n/);
    expect(out).toContain('\tkc.http-port =  1003 (CLI)\n');
    expect(out).toContain('\tkc.https-port =  1004 (ENV)\n');
    expect(out).toContain('\tkc.hostname =  from-file (keycloak.conf)\n');
    expect(out).toContain('\tkc.db-password =  ******* (keycloak.conf)\n');
    expect(out).not.toContain('hunter2');
    expect(keygrid(['show-config'], { KC_HOME_DIR: other }).out).toContain('\tkc.hostname =  from-other (keycloak.conf)\n');
    rmSync(join(home, 'conf'), { recursive: true });
  });

  it('reads system properties of JAVA_OPTS_APPEND and the command line', () => {
    const { out } = keygrid(['show-config', '-Dkc.http-port=1005'], { JAVA_OPTS_APPEND: '-Dkc.https-port=1006 -Xmx1g' });
    expect(out).toContain('\tkc.http-port =  1005 (SysPropConfigSource)\n');
    expect(out).toContain('\tkc.https-port =  1006 (SysPropConfigSource)\n');
  });
});

describe('the launcher under an older Node', () => {
  // An old runtime cannot be assumed to be there, so the version that the launcher sees is changed instead.
  const disguise = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`;

  it('runs the pinned runtime and passes arguments and exit code on', async () => {
    const disguised = spawnSync(process.execPath, ['--import', disguise, launcher, 'start', '--http-port=abc'], {
      cwd: home,
      encoding: 'utf8',
      timeout: TIME_LIMIT_MS,
    });
    expect(disguised.stderr).toContain("Invalid value for option '--http-port'");
    expect(disguised.status).toBe(2);
    const child = spawn(process.execPath, ['--import', disguise, launcher, '--version'], { cwd: home, stdio: 'ignore' });
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
  });

  it('names the version and the remedy where there is no pinned runtime', () => {
    const lonely = join(home, 'lonely', 'bin');
    mkdirSync(lonely, { recursive: true });
    const copied = join(lonely, 'keygrid.mjs');
    spawnSync('cp', [launcher, copied]);
    expect(existsSync(copied)).toBe(true);
    const outcome = spawnSync(process.execPath, ['--import', disguise, copied, 'start'], { encoding: 'utf8', timeout: TIME_LIMIT_MS });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain('keygrid needs Node 24.11 or newer; this is 20.20.2');
    expect(outcome.stderr).toContain("Run 'npm ci'");
  });
});
