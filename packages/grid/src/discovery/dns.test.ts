import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DnsServer } from '../testing/dns-server.ts';
import { DnsDiscovery, type DnsRecordType, parseSearchList, type SearchList } from './dns.ts';

const own = { cluster: 'ISPN', name: 'n1', address: { host: '10.0.0.1', port: 7_800 } };
const name = 'keycloak-discovery.test';
let server: DnsServer;

const ask = (recordType: DnsRecordType = 'A', query = name, searchList?: () => Promise<SearchList>) =>
  new DnsDiscovery({ query, recordType, servers: [server.address], searchList }).round(own, AbortSignal.timeout(4_000));

describe('discovery by DNS, against a real server', () => {
  beforeEach(async () => {
    server = await DnsServer.start();
  });
  afterEach(() => server.close());

  it('gives the addresses of the name, without a port', async () => {
    server.hosts(name, ['10.0.0.1', '10.0.0.2']);
    expect(await ask()).toEqual([{ host: '10.0.0.1' }, { host: '10.0.0.2' }]);
  });

  it('takes IPv6 addresses where they are asked for, or where there are no others', async () => {
    server.hosts(name, ['fd00::1', 'fd00::2']);
    expect(await ask('AAAA')).toEqual([{ host: 'fd00::1' }, { host: 'fd00::2' }]);
    expect(await ask('A')).toEqual([{ host: 'fd00::1' }, { host: 'fd00::2' }]);
    server.hosts(name, ['fd00::1', '10.0.0.1']);
    expect(await ask('A')).toEqual([{ host: '10.0.0.1' }]);
  });

  it('takes host and port from SRV records, and looks their targets up', async () => {
    const service = `_jgroups._tcp.${name}`;
    server.services(service, [
      { target: `pod-0.${name}`, port: 7_801 },
      { target: `pod-1.${name}`, port: 7_802 },
    ]);
    server.hosts(`pod-0.${name}`, ['10.0.0.7']);
    expect(await ask('SRV', service)).toEqual([
      { host: '10.0.0.7', port: 7_801 },
      { host: `pod-1.${name}`, port: 7_802 },
    ]);
  });

  it('reads an answer that is too long for one datagram over TCP', async () => {
    const hosts = Array.from({ length: 100 }, (_, index) => `10.0.1.${index}`);
    server.hosts(name, hosts);
    expect((await ask()).length).toBe(100);
  });

  it('finds nobody where the name exists without an address, and fails where there is no such name', async () => {
    server.hosts(name, []);
    expect(await ask()).toEqual([]);
    server.records.clear();
    await expect(ask()).rejects.toThrow(/^GRID_DISCOVERY_FAILED: the name keycloak-discovery\.test does not resolve/);
  });

  it('says so when the server fails', async () => {
    server.mode = 'failing';
    await expect(ask()).rejects.toThrow(/does not answer for keycloak-discovery\.test: the server failed \(ESERVFAIL\)/);
  });

  it('ends when it is told to, though the server is silent', async () => {
    server.mode = 'silent';
    const discovery = new DnsDiscovery({ query: name, recordType: 'A', servers: [server.address] });
    const abort = new AbortController();
    const round = discovery.round(own, abort.signal);
    await expect.poll(() => server.asked).toBeGreaterThan(0);
    abort.abort();
    await expect(round).rejects.toThrow(/no answer came in time/);
  });

  it('tries the domains that the system searches', async () => {
    server.hosts('short.ns.svc.cluster.local', ['10.0.0.9']);
    const searchList = () => Promise.resolve({ domains: ['ns.svc.cluster.local', 'svc.cluster.local'], dots: 5 });
    expect(await ask('A', 'short', searchList)).toEqual([{ host: '10.0.0.9' }]);
    await expect(ask('A', 'short.', searchList)).rejects.toThrow(/does not resolve/);
  });
});

describe('the list of domains', () => {
  it('is read as the system writes it', () => {
    const text = 'nameserver 10.96.0.10\nsearch ns.svc.cluster.local svc.cluster.local. \noptions ndots:5 timeout:1\n';
    expect(parseSearchList(text)).toEqual({ domains: ['ns.svc.cluster.local', 'svc.cluster.local'], dots: 5 });
    expect(parseSearchList('')).toEqual({ domains: [], dots: 1 });
  });
});
