import { describe, expect, it } from 'vitest';
import { configurationOf } from '../testing/resolved-configuration.ts';
import { formsCluster, sharesState } from './cluster-mode.ts';
import { addressesOf, remoteCaches } from './remote-caches.ts';

describe('the hosts of external caches', () => {
  it.each([
    ['a', [['a', 1]]],
    ['a:5', [['a', 5]]],
    [
      'a, b:7;10.0.0.1',
      [
        ['a', 1],
        ['b', 7],
        ['10.0.0.1', 1],
      ],
    ],
    [
      '[::1]:9,fe80::1',
      [
        ['::1', 9],
        ['fe80::1', 1],
      ],
    ],
  ])('are read from "%s"', (text, expected) => {
    expect(addressesOf(text, 1).map(({ host, port }) => [host, port])).toEqual(expected);
  });

  it.each(['', 'a,,b', 'a:0', 'a:70000', 'http://a', 'a b'])('are not read from "%s"', (text) => {
    expect(() => addressesOf(text, 1)).toThrow("'cache-remote-host' holds");
  });

  it('are bounded', () => {
    expect(() => addressesOf(Array.from({ length: 33 }, (_, index) => `h${index}`).join(','), 1)).toThrow('at most 32');
  });
});

describe('the external caches', () => {
  const given = (options: Record<string, string>) =>
    remoteCaches(configurationOf({ features: 'multi-site', 'cache-remote-host': 'h', ...options }));

  it('are none without one of the features', () => {
    expect(remoteCaches(configurationOf({}))).toBeUndefined();
  });

  it('are an Infinispan over TLS by the authorities of the runtime unless told otherwise', () => {
    expect(given({})).toMatchObject({
      type: 'infinispan',
      addresses: [{ host: 'h', port: 11_222 }],
      tls: {},
      credentials: undefined,
      backupSites: [],
    });
    expect(given({ 'cache-remote-tls-enabled': 'false' })?.tls).toBeUndefined();
  });

  it('take the port of what they are, and the one that is set before it', () => {
    expect(given({ 'cache-remote-type': 'redis' })?.addresses).toEqual([{ host: 'h', port: 6_379 }]);
    expect(given({ 'cache-remote-type': 'redis', 'cache-remote-port': '11222' })?.addresses).toEqual([{ host: 'h', port: 11_222 }]);
  });

  it('know users, sites, owners and replicas', () => {
    const found = given({
      features: 'clusterless',
      'cache-remote-username': 'u',
      'cache-remote-password': 'p',
      'cache-remote-backup-sites': 'b,c',
      'spi-cache-embedded--default--login-failures-owners': '3',
      'spi-cache-remote--redis--replicas': '1',
      'spi-cache-remote--default--sasl-mechanism': 'DIGEST-MD5',
      'spi-cache-remote--default--tls-sni-hostname': 'name',
    });
    expect(found).toMatchObject({
      credentials: { username: 'u', password: 'p' },
      backupSites: ['b', 'c'],
      owners: { loginFailures: 3 },
      replicas: 1,
      saslMechanism: 'DIGEST-MD5',
      tls: { servername: 'name' },
    });
  });
});

describe('whether nodes form a cluster of their own', () => {
  it.each([
    [{}, true, true],
    [{ cache: 'local' }, false, false],
    [{ features: 'stateless' }, false, true],
    [{ features: 'multi-site', 'cache-remote-host': 'h' }, false, true],
    [{ features: 'clusterless', 'cache-remote-host': 'h', cache: 'local' }, false, true],
  ])('is known from the options: %j', (options, forms, shares) => {
    const configuration = configurationOf(options as Record<string, string>);
    expect([formsCluster(configuration), sharesState(configuration)]).toEqual([forms, shares]);
  });
});
