import type { Time } from '../facade/time.ts';
import type { Bucket } from './bucket.ts';
import { BucketDiscovery } from './bucket-discovery.ts';
import type { Discovery } from './discovery.ts';
import type { DiscoveryOptions } from './discovery-options.ts';
import { DnsDiscovery } from './dns.ts';
import { MulticastDiscovery } from './multicast.ts';
import { StaticHosts } from './static-hosts.ts';

/** As JGroups and Infinispan have them. */
const defaults = { group: '239.6.7.8', groupPort: 46_655, ttl: 2, container: 'ping', dnsRecord: 'A' } as const;

/** The discovery that the options describe; undefined for the database, which finds by being asked. Vendors' packages are loaded only here. */
export async function openDiscovery(options: DiscoveryOptions, bindHost: string, time: Time): Promise<Discovery | undefined> {
  const inBucket = (bucket: Bucket, prefix = ''): Discovery => new BucketDiscovery(bucket, prefix, time);
  switch (options.kind) {
    case 'database':
      return undefined;
    case 'multicast': {
      const { group = defaults.group, port = defaults.groupPort, ttl = defaults.ttl } = options;
      return new MulticastDiscovery({ group, port, ttl, bindHost, time });
    }
    case 'dns':
      return new DnsDiscovery({ ...options, recordType: options.recordType ?? defaults.dnsRecord });
    case 'hosts':
      return new StaticHosts(options.hosts, options.portRange ?? 0);
    case 's3':
      return inBucket(await (await import('./s3-bucket.ts')).openS3Bucket(options), options.prefix);
    case 'azure':
      return inBucket(
        await (await import('./azure-bucket.ts')).openAzureBucket({ ...options, container: options.container ?? defaults.container }),
      );
    case 'google':
      return inBucket(await (await import('./google-bucket.ts')).openGoogleBucket(options), options.prefix);
  }
}
