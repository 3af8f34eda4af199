import { describe, expect, it } from 'vitest';
import type { Configuration } from './configuration.ts';
import { families, optionsOf } from './options/index.ts';
import { resolveConfiguration } from './resolve.ts';
import { fromCommandLine } from './sources.ts';
import { httpTls, managementTls } from './tls-material.ts';

// The tests read files that are there in any case: what is looked at is which file is read for what, not what stands in it.
const here = (name: string): string => new URL(name, import.meta.url).pathname;

function configuration(options: Record<string, string>): Configuration {
  return resolveConfiguration({
    invocation: { program: 'keygrid', command: 'start' },
    mode: 'development',
    known: optionsOf(Object.values(families)),
    commandLine: Object.entries(options).map(([name, text]) => fromCommandLine(name, text)),
    systemProperties: new Map(),
    environment: {},
    homeDirectory: '/',
    fileExists: () => true,
    demands: true,
  });
}

const pem = { 'https-certificate-file': here('./kinds.ts'), 'https-certificate-key-file': here('./option.ts') };

describe('TLS of the listeners', () => {
  it('is off without a certificate', async () => {
    expect(await httpTls(configuration({}))).toBeUndefined();
    expect(await managementTls(configuration({}))).toBeUndefined();
  });

  it('reads PEM files or a key store, and asks clients as told', async () => {
    const options = await httpTls(configuration({ ...pem, 'https-client-auth': 'required', 'https-protocols': 'TLSv1.3' }));
    expect(options?.cert?.toString()).toContain('Kind');
    expect(options).toMatchObject({ requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
    const store = await httpTls(configuration({ 'https-key-store-file': here('./kinds.ts') }));
    expect(store).toMatchObject({ passphrase: 'password', requestCert: false, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' });
  });

  it('is inherited by the management listener unless that has its own or is plain', async () => {
    expect((await managementTls(configuration(pem)))?.cert?.toString()).toContain('Kind');
    expect(await managementTls(configuration({ ...pem, 'http-management-scheme': 'http' }))).toBeUndefined();
    const own = {
      ...pem,
      'https-management-certificate-file': here('./duration.ts'),
      'https-management-certificate-key-file': here('./option.ts'),
    };
    expect((await managementTls(configuration(own)))?.cert?.toString()).toContain('parseDurationMs');
  });

  it('names the file and the option where a file cannot be read', () => {
    return expect(httpTls(configuration({ ...pem, 'https-certificate-file': '/none.pem' }))).rejects.toThrow(
      "The file /none.pem of option 'https-certificate-file' cannot be read",
    );
  });

  it('refuses protocols of which none is known', () => {
    return expect(httpTls(configuration({ ...pem, 'https-protocols': 'SSLv3' }))).rejects.toThrow('Expected values are: TLSv1.3, TLSv1.2');
  });
});
