import { describe, expect, it } from 'vitest';
import { discoveryOptions } from './discovery-options.ts';

describe('discoveryOptions', () => {
  it('names the DNS server with its port, IPv6 in brackets', () => {
    const dns = { kind: 'dns', query: 'q', recordType: 'SRV' } as const;
    expect(discoveryOptions(dns)).toEqual({ ...dns, servers: undefined });
    expect(discoveryOptions({ ...dns, server: { host: '10.0.0.1', port: 53 } })).toMatchObject({ servers: ['10.0.0.1:53'] });
    expect(discoveryOptions({ ...dns, server: { host: 'fd00::1', port: 53 } })).toMatchObject({ servers: ['[fd00::1]:53'] });
  });

  it('finds the address of an Azure account: a name of its own, or a path where the suffix is an address', () => {
    const azure = { kind: 'azure', account: 'acme', accessKey: 'k', container: 'ping', https: true } as const;
    expect(discoveryOptions(azure)).toMatchObject({ endpoint: 'https://acme.blob.core.windows.net' });
    expect(discoveryOptions({ ...azure, endpointSuffix: 'core.chinacloudapi.cn' })).toMatchObject({
      endpoint: 'https://acme.blob.core.chinacloudapi.cn',
    });
    expect(discoveryOptions({ ...azure, https: false, endpointSuffix: '127.0.0.1:10000' })).toMatchObject({
      endpoint: 'http://127.0.0.1:10000/acme',
    });
  });
});
