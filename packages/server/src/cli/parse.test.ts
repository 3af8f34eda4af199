import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../config/configuration-error.ts';
import { commands } from './commands/index.ts';
import { parseCommandLine } from './parse.ts';

const parse = (...argv: string[]) => parseCommandLine(argv, commands);

function refusal(...argv: string[]): string {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof ConfigurationError) return [error.message, ...error.hints].join('\n');
    throw error;
  }
  return 'accepted';
}

describe('the command line', () => {
  it('takes --name=value and --name value', () => {
    const { command, options } = parse('start', '--http-port=8081', '--db-url', 'jdbc:postgresql://h/d?a=b', '--hostname-strict', 'false');
    expect(command?.name).toBe('start');
    expect(options.map(({ name, text }) => [name, text])).toEqual([
      ['http-port', '8081'],
      ['db-url', 'jdbc:postgresql://h/d?a=b'],
      ['hostname-strict', 'false'],
    ]);
  });

  it('takes a flag with and without a value', () => {
    expect(parse('start', '--import-realm').options[0]?.text).toBe('true');
    expect(parse('start', '--import-realm=false').options[0]?.text).toBe('false');
  });

  it('takes any SPI option, feature, and log category', () => {
    const { options } = parse('start', '--spi-a--b--c=1', '--feature-login=v1', '--log-level-org.keycloak.events', 'debug');
    expect(options.map((value) => value.name)).toEqual(['spi-a--b--c', 'feature-login', 'log-level-org.keycloak.events']);
  });

  it('keeps negative numbers as values', () =>
    expect(parse('start', '--cache-embedded-users-max-count', '-1').options[0]?.text).toBe('-1'));

  it('sets system properties aside', () =>
    expect(parse('start', '-Djgroups.bind.port=7900').properties).toEqual(['-Djgroups.bind.port=7900']));

  it('finds the command after global options, and subcommands', () => {
    expect(parse('-cf', 'x.conf', 'start').arguments.get('config-file')).toBe('x.conf');
    expect(parse('--config-file=x.conf', 'start').command?.name).toBe('start');
    expect(parse('bootstrap-admin', 'user', '--username', 'a', '--password:env', 'P').arguments.get('password:env')).toBe('P');
  });

  it('knows the short names', () => {
    expect(parse('-h').arguments.has('help')).toBe(true);
    expect(parse('-V').arguments.has('version')).toBe(true);
    expect(parse('start', '-v').arguments.has('verbose')).toBe(true);
  });

  it.each<[string[], string]>([
    [['start', '--htp-port=99'], "Unknown option: '--htp-port'\nPossible solutions: --http-port"],
    [['start', '--bogus'], "Unknown option: '--bogus'"],
    [['start', '--file=x'], "Unknown option: '--file'"],
    [['import', '--http-port=1'], "Unknown option: '--http-port'"],
    [['start', 'extra'], "Unknown option: 'extra'\nTry 'keygrid start --help' for more information on the available options."],
    [['start', '-x'], "Unknown option: '-x'"],
    [['start', '--cache-embedded-work-max-count=1'], "Unknown option: '--cache-embedded-work-max-count'"],
    [['start', '--http-port'], "Option '--http-port' (port) expects a single value.\nTry 'keygrid start --help'"],
    [['start', '--http-port', '--http-host=x'], "Option '--http-port' (port) expects a single value."],
    [['start', '--help=x'], "Option '--help' takes no value."],
    [['strt'], "Unknown option: 'strt'\nDid you mean: keygrid start"],
    [['--bogus'], "Unknown option: '--bogus'"],
    [['bootstrap-admin'], 'Missing required subcommand'],
    [['start', '--__proto__=1'], "Unknown option: '--__proto__'"],
  ])('refuses %j', (argv, message) => expect(refusal(...argv)).toContain(message));

  it('shows the help of the program where nothing is asked', () => expect(parse().command).toBeUndefined());
});
