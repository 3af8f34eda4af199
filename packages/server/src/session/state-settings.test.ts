import { describe, expect, it } from 'vitest';
import { families, optionsOf } from '../config/options/index.ts';
import { resolveConfiguration } from '../config/resolve.ts';
import { fromCommandLine } from '../config/sources.ts';
import { stateSettings } from './state-settings.ts';

function settings(options: Record<string, string> = {}, environment: Record<string, string> = {}) {
  const configuration = resolveConfiguration({
    invocation: { program: 'keygrid', command: 'start' },
    mode: 'production',
    known: optionsOf(Object.values(families)),
    commandLine: Object.entries(options).map(([name, text]) => fromCommandLine(name, text)),
    systemProperties: new Map(),
    environment,
    homeDirectory: '/srv/keygrid',
    fileExists: () => false,
    demands: false,
  });
  return stateSettings(configuration, environment);
}

describe('settings of the state floor', () => {
  it('are those of the guide where nothing is set', () => {
    const { caches, ...rest } = settings();
    expect(rest).toEqual({
      persistentUserSessions: true,
      stateless: false,
      local: false,
      clusterName: 'ISPN',
      attachRoute: true,
      maxTabs: 300,
      persistRevokedTokens: true,
    });
    expect(caches.information).toEqual([]);
    expect(caches.caches.sessions).toMatchObject({ owners: 1, maxCount: 10_000 });
  });

  it('know the external caches of a feature, and keep sessions in the database where the sites share it', () => {
    const host = { 'cache-remote-host': 'h' };
    expect(settings({ features: 'clusterless', 'features-disabled': 'persistent-user-sessions', ...host })).toMatchObject({
      remote: { type: 'infinispan' },
      persistentUserSessions: false,
      local: false,
    });
    expect(() => settings({ features: 'multi-site', 'features-disabled': 'persistent-user-sessions', ...host })).toThrow(
      "Use feature 'clusterless' to keep them on the external caches",
    );
  });

  it('bound the time of offline sessions in memory, never beyond that of every copy', () => {
    const option = (name: string) => `spi-user-sessions--infinispan--offline-${name}-cache-entry-lifespan-override`;
    const given = settings({ [option('session')]: '60', [option('client-session')]: '999999' });
    expect([given.offlineSessionCopyMs, given.offlineClientSessionCopyMs]).toEqual([60_000, 900_000]);
    expect(settings({ [option('session')]: '-1' }).offlineSessionCopyMs).toBeUndefined();
  });

  it('come from options, features and the variables of old images', () => {
    const options = {
      'cache-embedded-client-sessions-max-count': '77',
      'cache-embedded-realms-max-count': '88',
      'spi-cache-embedded--default--login-failures-owners': '3',
      'spi-cache-embedded--default--users-lifespan': '90s',
      'spi-authentication-sessions--infinispan--auth-sessions-limit': '5',
      'spi-sticky-session-encoder--infinispan--should-attach-route': 'false',
      'spi-single-use-object--infinispan--persist-revoked-tokens': 'false',
      'spi-cache-embedded--default--cluster-name': 'blue',
    };
    const { caches, ...rest } = settings(options, { CACHE_OWNERS_AUTH_SESSIONS_COUNT: '1' });
    expect(rest).toMatchObject({ clusterName: 'blue', attachRoute: false, maxTabs: 5, persistRevokedTokens: false });
    expect(caches.caches.clientSessions.maxCount).toBe(77);
    expect(caches.caches.realms.maxCount).toBe(88);
    expect(caches.caches.loginFailures.owners).toBe(3);
    expect(caches.caches.users.lifespanSeconds).toBe(90);
    expect(caches.caches.authenticationSessions.owners).toBe(2);
    expect(caches.information).toHaveLength(1);
    const volatile = settings({ 'features-disabled': 'persistent-user-sessions' });
    expect(volatile.persistentUserSessions).toBe(false);
    expect(volatile.caches.caches.sessions).toMatchObject({ owners: 2, maxCount: undefined });
    expect(settings({ cache: 'local' }).caches.caches.sessions).toMatchObject({ mode: 'local' });
  });

  it('refuse what cannot be done, naming option, value and remedy', () => {
    expect(() => settings({}, { CACHE_OWNERS_COUNT: 'many' })).toThrow(
      'Invalid value for option \'CACHE_OWNERS_COUNT\': Expected an integer value, got "many". A cache can have 1 to 16 owners; unset the variable for the default.',
    );
    expect(() => settings({ 'spi-cache-embedded--default--action-tokens-owners': '17' })).toThrow('can have 1 to 16 owners');
  });

  it('refuse settings of caches that do not exist or may not have them, though other SPI options that nobody knows are ignored', () => {
    const errorOf = (option: string): string => {
      try {
        settings({ [option]: '2' });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(errorOf('spi-cache-embedded--default--sesions-owners')).toContain("there is no cache 'sesions'");
    expect(errorOf('spi-cache-embedded--default--work-owners')).toContain("cache 'work' is not distributed");
    expect(errorOf('spi-cache-embedded--default--login-failures-max-count')).toContain("'loginFailures' may not be bounded");
    expect(errorOf('spi-cache-embedded--default--sessions-lifespan')).toContain('only realms, users and authorization can have a lifespan');
    expect(errorOf('spi-something--default--else')).toBe('');
  });
});
