import { describe, expect, it } from 'vitest';
import { families } from '../config/options/index.ts';
import type { CommandServices } from './command-services.ts';
import { recordingTerminal } from './recording-terminal.ts';
import { runCommandLine } from './run.ts';
import type { RunningServer, StartInput } from './running-server.ts';

const quiet = ['--log-level=off'];
const target = { hosts: [{ host: 'h', port: 5432 }], database: 'd', sslMode: 'disable', primaryOnly: false } as const;

/** Services that write down what they are asked. */
function recordingServices(failure?: Error) {
  const calls: unknown[] = [];
  const started: StartInput[] = [];
  const services: CommandServices = {
    openDatabase: async (configuration) => {
      calls.push(['open', configuration.get('db')]);
      return { target, [Symbol.asyncDispose]: async () => void calls.push('closed') };
    },
    startServer: async (input) => {
      started.push(input);
      if (failure !== undefined) throw failure;
      const running: RunningServer = {
        ready: Promise.resolve(),
        userCache: () => {
          throw new Error('no command asks for a cache');
        },
        drain: () => void calls.push('drain'),
        stop: async () => void calls.push('stop'),
      };
      return running;
    },
    inspectCluster: async (_database, name) => ({
      name,
      epoch: 0,
      timeline: 0,
      phase: 'STABLE',
      members: [],
      table: [],
      target: undefined,
      clusters: ['other'],
    }),
    openRealmOperations: async () => ({
      importRealms: async (place, override) => {
        calls.push(['import', place, override]);
        return [{ realm: 'demo', outcome: 'imported' }];
      },
      exportRealms: async (place, options) => {
        calls.push(['export', place, options]);
        return [];
      },
      bootstrapAdminUser: async (...given) => void calls.push(['user', ...given]),
      bootstrapAdminService: async (...given) => void calls.push(['service', ...given]),
      [Symbol.asyncDispose]: async () => void calls.push('done'),
    }),
  };
  return { calls, started, services };
}

describe('exit codes', () => {
  it('is 0 for help and version', async () => {
    for (const argv of [['--help'], ['--version'], [], ['start', '--help'], ['import', '--help-all']]) {
      const terminal = recordingTerminal();
      expect(await runCommandLine(argv, {}, terminal, recordingServices().services)).toBe(0);
      expect(terminal.written.out).not.toBe('');
      expect(terminal.written.err).toBe('');
    }
  });

  it('is 2 for what validation refuses, and nothing is opened', async () => {
    const { calls, services } = recordingServices();
    const terminal = recordingTerminal();
    expect(await runCommandLine(['start', '--http-port=abc'], {}, terminal, services)).toBe(2);
    expect(terminal.written.err).toBe('Invalid value for option \'--http-port\': Expected an integer value, got "abc"\n');
    expect(calls).toEqual([]);
  });

  it('is 1 for a start that fails later, with the causes and without a password', async () => {
    const failure = new Error('no database', { cause: new Error('postgres://u:hunter2@h/d refused') });
    const terminal = recordingTerminal();
    expect(await runCommandLine(['start-dev', ...quiet], {}, terminal, recordingServices(failure).services)).toBe(1);
    expect(terminal.written.err).toContain(
      'ERROR: Failed to start server in (development) mode\nERROR: no database\nERROR: postgres://u:*******@h/d refused',
    );
  });

  it.each([
    [
      ['-Djboss.node.name=n1'],
      'System property jboss.node.name is in use. Use --spi-cache-embedded-default-node-name config option instead',
    ],
    [[], 'hostname is not configured; either configure hostname, or set hostname-strict to false'],
    [['--hostname=a b'], 'neither a plain hostname nor a valid URL'],
    [['--hostname=https://x', '--hostname-admin=y'], 'Provided hostname-admin is not a valid URL'],
    [['--hostname=x', '--hostname-admin=https://y'], 'hostname must be set to a URL when hostname-admin is set'],
  ])('is 1 for what only the start refuses: %j', async (options, words) => {
    const terminal = recordingTerminal();
    const argv = ['start', '--db=postgres', '--http-enabled=true', ...quiet, ...options];
    expect(await runCommandLine(argv, {}, terminal, recordingServices().services)).toBe(1);
    expect(terminal.written.err).toContain(words);
  });
});

describe('commands', () => {
  it('starts with the resolved configuration and stops at a signal', async () => {
    const { calls, started, services } = recordingServices();
    const terminal = recordingTerminal();
    const ended = runCommandLine(['start-dev', '--http-port=0', '--shutdown-delay=0', ...quiet], {}, terminal, services);
    await expect.poll(() => terminal.listening).toBe(true);
    terminal.signal('SIGTERM');
    expect(await ended).toBe(143);
    expect(calls).toEqual([['open', 'dev-file'], 'drain', 'stop', 'closed']);
    expect(started[0]?.database).toBe(target);
    expect(started[0]?.configuration.get('http-port')).toBe(0);
  });

  it('imports and exports from exactly one place', async () => {
    const { calls, services } = recordingServices();
    for (const argv of [['import'], ['import', '--dir=a', '--file=b'], ['export']]) {
      const terminal = recordingTerminal();
      expect(await runCommandLine([...argv, ...quiet], {}, terminal, services)).toBe(2);
      expect(terminal.written.err).toBe('Must specify either --dir or --file options.\n');
    }
    expect(await runCommandLine(['import', '--file=/r.json', '--override=false', ...quiet], {}, recordingTerminal(), services)).toBe(0);
    expect(await runCommandLine(['export', '--dir=/d', '--realm=demo', ...quiet], {}, recordingTerminal(), services)).toBe(0);
    expect(calls).toContainEqual(['import', { file: '/r.json' }, false]);
    expect(calls).toContainEqual(['export', { directory: '/d' }, { realm: 'demo', users: 'different_files', usersPerFile: 50 }]);
  });

  it('bootstraps an administrator from variables, or from what is typed twice', async () => {
    const { calls, services } = recordingServices();
    const argv = ['bootstrap-admin', 'user', '--username=root', '--password:env=P', ...quiet];
    expect(await runCommandLine(argv, { P: 'secret' }, recordingTerminal(), services)).toBe(0);
    expect(await runCommandLine(['bootstrap-admin', 'service', ...quiet], {}, recordingTerminal(['', 's1', 's1']), services)).toBe(0);
    expect(calls).toContainEqual(['user', 'root', 'secret']);
    expect(calls).toContainEqual(['service', 'temp-admin', 's1']);
  });

  it.each([
    [['user', '--no-prompt'], ['x'], 'No password provided'],
    [['user'], [], 'No password provided'],
    [['user', '--password:env=NONE'], [], 'Environment variable NONE'],
    [['user'], ['root', 'a', 'b'], 'differ'],
    [['user', '--username=a', '--username:env=P'], [], 'Only one of'],
  ])('refuses bootstrap-admin %j', async (argv, answers, words) => {
    const terminal = recordingTerminal(answers);
    expect(await runCommandLine(['bootstrap-admin', ...argv, ...quiet], { P: 'b' }, terminal, recordingServices().services)).toBe(2);
    expect(terminal.written.err).toContain(words);
  });

  it('shows the configuration with sources and without secrets', async () => {
    const terminal = recordingTerminal();
    const environment = { KC_DB_PASSWORD: 'hunter2', KC_CACHE_REMOTE_PASSWORD: 'hunter2' };
    expect(await runCommandLine(['show-config', '--http-port', '8090'], environment, terminal, recordingServices().services)).toBe(0);
    expect(terminal.written.out).toMatch(/^Current Mode: production\nCurrent Configuration:\n/);
    expect(terminal.written.out).toContain('\tkc.http-port =  8090 (CLI)\n');
    expect(terminal.written.out).toContain('\tkc.db-password =  ******* (ENV)\n');
    expect(terminal.written.out).not.toContain('hunter2');
  });

  it('names every option of every family in the help of a start', async () => {
    const terminal = recordingTerminal();
    await runCommandLine(['start', '--help-all'], {}, terminal, recordingServices().services);
    for (const name of Object.keys({
      ...families.cache.options,
      ...families.http.options,
      ...families.logging.options,
      ...families.spi.options,
    })) {
      expect(terminal.written.out).toContain(`--${name} `);
    }
  });

  it('leaves options out of the short help that are not available', async () => {
    const terminal = recordingTerminal();
    await runCommandLine(['start', '--cache=local', '--help'], {}, terminal, recordingServices().services);
    expect(terminal.written.out).not.toContain('--cache-stack ');
    expect(terminal.written.out).toContain('--cache-remote-host');
    expect(terminal.written.out).not.toContain('--cache-remote-port');
    await runCommandLine(['start', '--help'], {}, terminal, recordingServices().services);
    expect(terminal.written.out).toContain('--cache-stack ');
  });
});
