import { describe, expect, it } from 'vitest';
import type { PolicyConfig, PolicyRequest } from './policy.ts';
import { type NameResolver, trustedHosts } from './trusted-hosts.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  'build.example.org': ['192.0.2.7'],
  'ci.trusted.example': ['192.0.2.9'],
  'liar.trusted.example': ['198.51.100.1'],
};
const reverseNames: Readonly<Record<string, readonly string[]>> = {
  '192.0.2.9': ['ci.trusted.example'],
  '192.0.2.66': ['liar.trusted.example'],
  '192.0.2.67': ['eviltrusted.example'],
};
const resolver: NameResolver = {
  addressesOf: async (name) => names[name] ?? [],
  namesOf: async (address) => reverseNames[address] ?? [],
};
const policy = trustedHosts(resolver);

function refusal(config: PolicyConfig, remoteAddress: string, wanted?: PolicyRequest['wanted']): unknown {
  return policy.refusal?.(config, { remoteAddress, wanted, before: undefined, scopes: [] });
}

describe('who may register', () => {
  const hosts = (...entries: string[]): PolicyConfig => ({ 'trusted-hosts': entries, 'client-uris-must-match': ['false'] });

  it.each([
    ['an address that is named', hosts('192.0.2.1'), '192.0.2.1', undefined],
    ['a host by its name', hosts('build.example.org'), '192.0.2.7', undefined],
    ['a host of a domain, whose name leads back to it', hosts('*.trusted.example'), '192.0.2.9', undefined],
    ['another address', hosts('192.0.2.1', 'build.example.org'), '192.0.2.2', 'Host not trusted.'],
    ['nobody, where nobody is named', hosts(), '192.0.2.1', 'Host not trusted.'],
    ['an address that claims a name of the domain', hosts('*.trusted.example'), '192.0.2.66', 'Host not trusted.'],
    ['a name that only ends alike', hosts('*.trusted.example'), '192.0.2.67', 'Host not trusted.'],
    ['a network is no host', hosts('192.0.2.0/24'), '192.0.2.1', 'Host not trusted.'],
    ['everybody, where the host need not match', { 'host-sending-registration-request-must-match': ['false'] }, '203.0.113.1', undefined],
  ] as const)('%s', async (_what, config, address, expected) => {
    expect(await refusal(config, address)).toBe(expected);
  });
});

describe('where a client may lie', () => {
  const config = { 'trusted-hosts': ['app.example.org', '*.trusted.example'], 'host-sending-registration-request-must-match': ['false'] };
  const uri = "URI doesn't match any trusted host or trusted domain";
  const url = "URL doesn't match any trusted host or trusted domain";

  it.each([
    [{}, undefined],
    [{ redirectUris: ['https://app.example.org/cb', 'https://x.trusted.example/*'] }, undefined],
    [{ redirectUris: ['/below'] }, undefined],
    [{ redirectUris: ['/below'], rootUrl: 'https://app.example.org' }, undefined],
    [{ redirectUris: ['https://app.example.org.evil.example/cb'] }, uri],
    [{ redirectUris: ['https://app.example.org@evil.example/cb'] }, uri],
    [{ redirectUris: ['https://app.example.org/cb', 'https://evil.example/'] }, uri],
    [{ redirectUris: ['*'] }, uri],
    [{ redirectUris: ['https://*.trusted.example/'] }, uri],
    [{ redirectUris: ['com.example.app:/cb'] }, uri],
    [{ redirectUris: ['//evil.example/cb'], rootUrl: 'https:' }, url],
    [{ rootUrl: 'https://evil.example' }, url],
    [{ baseUrl: 'https://evil.example/' }, url],
    [{ adminUrl: 'https://evil.example/' }, url],
  ] as const)('%j', async (wanted, expected) => {
    expect(await refusal(config, '203.0.113.1', wanted)).toBe(expected);
  });

  it('counts the address that a client has already', async () => {
    const before = { rootUrl: 'https://evil.example' } as PolicyRequest['before'];
    const request = { remoteAddress: '203.0.113.1', wanted: { redirectUris: ['/cb'] }, before, scopes: [] };
    expect(await policy.refusal?.(config, request)).toBe(uri);
  });
});

it.each([
  [{ 'host-sending-registration-request-must-match': ['false'], 'client-uris-must-match': ['false'] }, /^At least one/],
  [{ 'client-uris-must-match': ['maybe'] }, /^'Client URIs Must Match' should be/],
] as const)('settings that cannot be: %j', (config, message) => {
  expect(policy.flaw?.(config, { scopes: [], mapperTypes: [] })).toMatch(message);
});
