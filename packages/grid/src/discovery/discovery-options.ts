import type { Address } from '../protocol/types.ts';
import type { DnsRecordType } from './dns.ts';

/**
 * How the members find each other's addresses. The database says who they are with any of them; `database` (default) finds them there as well.
 * With the others a starter stays out, and says why, until its discovery works and finds a living member if there is one.
 */
export type DiscoveryOptions =
  | { readonly kind: 'database' }
  /** Default: group 239.6.7.8, port 46655, ttl 2, as JGroups. */
  | {
      readonly kind: 'multicast';
      readonly group?: string | undefined;
      readonly port?: number | undefined;
      readonly ttl?: number | undefined;
    }
  /** Records of a headless service. `servers` (`ip` or `ip:port`) are asked instead of the system's. */
  | {
      readonly kind: 'dns';
      readonly query: string;
      readonly recordType?: DnsRecordType | undefined;
      readonly servers?: readonly string[] | undefined;
    }
  /** Credentials come from where the AWS SDK looks for them. */
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly region?: string | undefined;
      readonly prefix?: string | undefined;
      /** Of a store that speaks the protocol of S3. */
      readonly endpoint?: string | undefined;
      readonly pathStyle?: boolean | undefined;
    }
  | {
      readonly kind: 'azure';
      readonly account: string;
      readonly accessKey: string;
      /** Default `ping`, as JGroups. */
      readonly container?: string | undefined;
      readonly endpoint?: string | undefined;
    }
  /** Credentials come from where the Google Cloud SDK looks for them. The bucket is made in `project` where it does not exist. */
  | {
      readonly kind: 'google';
      readonly bucket: string;
      readonly project?: string | undefined;
      readonly prefix?: string | undefined;
      readonly endpoint?: string | undefined;
    }
  /** A fixed list; `portRange` further ports of each host count too (default 0). */
  | { readonly kind: 'hosts'; readonly hosts: readonly Address[]; readonly portRange?: number | undefined };
