import { describe, expect, it } from 'vitest';
import { ServerError } from '../http/errors.ts';
import { commands } from './commands/index.ts';
import { loadConfiguration } from './load-configuration.ts';
import { parseCommandLine } from './parse.ts';
import { explainFailure } from './start-failure.ts';

const configurationOf = (...argv: string[]) => loadConfiguration(parseCommandLine(['start-dev', ...argv], commands), { KC_HOME_DIR: '/' });

/** An error as node and pg make them. */
const systemError = (code: string, more: Record<string, unknown> = {}): Error =>
  Object.assign(new Error(`said ${code}`), { code, ...more });

describe('the explanation of a failed start', () => {
  it.each([
    [
      ['--http-port=81'],
      81,
      "Port 81 on 127.0.0.1 (option 'http-port') is in use by another program: stop that program, or choose another with --http-port=<port>.",
    ],
    [['--https-port=82'], 82, "(option 'https-port')"],
    [['--http-management-port=83'], 83, "(option 'http-management-port')"],
    [[], 7800, "(option 'cache-embedded-network-bind-port')"],
    [
      ['--http-port=84', '--http-management-port=84'],
      84,
      "(option 'http-port' and 'http-management-port') is wanted by more than one listener",
    ],
    [[], 99, 'Port 99 on 127.0.0.1 is in use'],
  ])('names the option of a taken port: %j', (argv, port, text) => {
    const error = systemError('EADDRINUSE', { port, address: '127.0.0.1' });
    expect(explainFailure(new Error('outer', { cause: error }), configurationOf(...argv))).toContain(text);
  });

  it.each([
    ['ECONNREFUSED', 'The database at h:1, [::1]:2 cannot be reached: nothing listens there.'],
    ['ENOTFOUND', 'the host name is not known'],
    ['3D000', 'There is no database \'d\' at h:1, [::1]:2. Create it (CREATE DATABASE "d")'],
    ['28P01', "refuses user 'u': said 28P01. Check 'db-username' and 'db-password'."],
    ['42501', 'Grant CREATE'],
    ['53300', "lower 'db-pool-max-size'"],
  ])('says what is wrong with a database: %s', (code, text) => {
    const configuration = configurationOf('--db-url=postgres://u:hunter2@h:1,[::1]:2/d');
    const error = new ServerError('KG_DATABASE_UNAVAILABLE', 'the database did not answer', { cause: systemError(code) });
    expect(explainFailure(error, configuration)).toContain(text);
    expect(explainFailure(error, configuration)).not.toContain('hunter2');
  });

  it('tells a listener that is not known from a database that is not', () => {
    const configuration = configurationOf('--http-host=nowhere', '--db-url=postgres://h/d');
    const text = explainFailure(systemError('ENOTFOUND', { hostname: 'nowhere' }), configuration);
    expect(text).toContain("The host 'nowhere' (option 'http-host') is none of this machine (ENOTFOUND)");
    expect(explainFailure(systemError('ENOTFOUND', { hostname: 'h' }), configuration)).toContain('The database at h:5432');
  });

  it('leaves the line of the external caches as it is, whatever lies under it', () => {
    const error = new ServerError('KG_REMOTE_CACHE', 'The external Infinispan (h:1) cannot be used: why', {
      cause: systemError('ECONNREFUSED'),
    });
    expect(explainFailure(error, configurationOf('--db-url=postgres://h/d'))).toBe('The external Infinispan (h:1) cannot be used: why');
  });

  it('has nothing to add to other failures', () => {
    expect(explainFailure(new Error('x'), configurationOf())).toBeUndefined();
    expect(explainFailure(systemError('ECONNREFUSED'), configurationOf('--db=dev-file'))).toBeUndefined();
    expect(explainFailure('x', configurationOf())).toBeUndefined();
  });
});
