import { describe, expect, it } from 'vitest';
import { commands } from '../cli/commands/index.ts';
import { loadConfiguration } from '../cli/load-configuration.ts';
import { parseCommandLine } from '../cli/parse.ts';
import { withoutEffectOptions } from './options/without-effect.ts';

const warningsOf = (argv: readonly string[], environment: Record<string, string> = {}): string =>
  loadConfiguration(parseCommandLine(['start-dev', ...argv], commands), { KC_HOME_DIR: '/', ...environment }).warnings.join('\n');

describe('options that mean nothing here', () => {
  it('are accepted, and said', () => {
    expect(
      warningsOf(['--log-file-rotation-max-file-size=10M'], { KC_TRACING_ENABLED: 'true', KC_TRUSTSTORE_KUBERNETES_ENABLED: 'true' }),
    ).toBe(
      [
        'The following options have no effect in this server:',
        '\t- tracing-enabled: there are no traces',
        '\t- truststore-kubernetes-enabled: name the certificate of the authority of Kubernetes in truststore-paths',
        '\t- log-file-rotation-max-file-size: the log file is not rotated here; leave that to logrotate (copytruncate) or log to the console',
      ].join('\n'),
    );
  });

  it('are passed over where they say what is so anyway', () =>
    expect(warningsOf(['--tracing-enabled=false', '--log-async=false'], { KC_HTTP_ACCESS_LOG_ENABLED: 'false' })).toBe(''));

  it('are said for the headers of exporters and for a handler of several', () => {
    expect(warningsOf(['--tracing-header-Authorization=Bearer abc'])).not.toContain('abc');
    expect(warningsOf(['--tracing-header-Authorization=Bearer abc'])).toContain('tracing-header-Authorization: nothing is exported');
    expect(warningsOf(['--log=console,syslog'])).toContain('log=syslog: there is no syslog handler');
  });

  it('have a reason and a help text each, and stay out of the short help', () => {
    for (const [name, option] of Object.entries(withoutEffectOptions)) {
      expect(option.inert, name).not.toBe('');
      expect(option.help, name).toMatch(/^[A-Z].*\.$/);
      expect(option.advanced).toBe(true);
    }
  });
});
