import { describe, expect, it } from 'vitest';
import { allOptions } from './options/index.ts';
import { isSecretName, maskUrlSecrets, shownValues } from './show-config.ts';
import { fromCommandLine, fromEnvironment } from './sources.ts';

describe('what is shown of the configuration', () => {
  it('masks every secret, also one that nobody declared', () => {
    const values = shownValues([
      ...fromEnvironment({ KC_DB_PASSWORD: 'hunter2', KC_CACHE_REMOTE_PASSWORD: 'hunter2', KC_SPI_MAIL__X__CLIENT_SECRET: 'hunter2' }),
      fromCommandLine('bootstrap-admin-client-secret', 'hunter2'),
      fromCommandLine('db-url', 'postgres://u:hunter2@h/d?password=hunter2'),
    ]);
    expect(JSON.stringify(values)).not.toContain('hunter2');
    expect(values[0]).toEqual({ name: 'db-password', text: '*******', source: 'ENV' });
  });

  it('declares every password and secret option as a secret', () => {
    for (const name of allOptions.keys()) {
      if (/(?:^|-)(?:password|secret)$/.test(name)) expect(isSecretName(name), name).toBe(true);
    }
  });

  it('leaves URLs without a password as they are', () =>
    expect(maskUrlSecrets('jdbc:postgresql://h:5432/d?sslmode=require')).toBe('jdbc:postgresql://h:5432/d?sslmode=require'));
});
