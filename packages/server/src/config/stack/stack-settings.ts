/** A host name or IP address, and a port. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** How starters learn of addresses. The database arbitrates membership whatever is chosen here. */
export type StackDiscovery =
  /** Rows of the database that arbitrates (JDBC_PING2). */
  | { readonly kind: 'database' }
  /** Requests to a multicast group, answers by unicast (MPING, PING). `timeToLive` in hops. */
  | { readonly kind: 'multicast'; readonly group: string; readonly port: number; readonly timeToLive: number }
  /** Records of a headless service (DNS_PING). SRV records carry ports; for A and AAAA it is the bind port. */
  | {
      readonly kind: 'dns';
      readonly query: string;
      readonly recordType: 'A' | 'AAAA' | 'SRV';
      /** `host:port` of the server to ask; undefined = those of the system. */
      readonly server?: HostAndPort | undefined;
    }
  /** An S3 bucket (aws.S3_PING, S3_PING). Credentials come from the vendor's own chain. */
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly region: string;
      readonly prefix?: string | undefined;
      readonly endpoint?: string | undefined;
      readonly pathStyle: boolean;
    }
  /** A container of Azure Blob storage (azure.AZURE_PING). `accessKey` is a secret. */
  | {
      readonly kind: 'azure';
      readonly account: string;
      readonly accessKey: string;
      readonly container: string;
      readonly https: boolean;
      readonly endpointSuffix?: string | undefined;
    }
  /** A bucket of Google Cloud Storage (GOOGLE_PING2). Credentials come from the vendor's own chain. */
  | { readonly kind: 'google'; readonly bucket: string; readonly project?: string | undefined; readonly endpoint?: string | undefined }
  /** A fixed list (TCPPING). */
  | { readonly kind: 'hosts'; readonly hosts: readonly HostAndPort[]; readonly portRange: number };

export interface StackTransport {
  readonly kind: 'tcp' | 'udp';
  /** IP address, host name, or a word with a meaning such as SITE_LOCAL: an address of this machine is picked when it listens. */
  readonly bindAddress: string;
  /** 0 = any free port. */
  readonly bindPort: number;
  /** Where `bindPort` is taken, so many ports above it are tried. */
  readonly portRange: number;
  /** What others dial, where it differs (NAT, port mapping). */
  readonly externalAddress: string | undefined;
  readonly externalPort: number | undefined;
}

/** The port whose connections tell by closing that a process is gone: bind port + `portOffset`, then `portRange` ports above it. */
export interface FailureDetection {
  readonly enabled: boolean;
  readonly portOffset: number;
  readonly portRange: number;
}

/** A store file of the operator, absolute path. The password is a secret. */
export interface StoreFile {
  readonly path: string;
  readonly password: string;
}

export type StackTls =
  | { readonly kind: 'off' }
  /** The members make certificates themselves, keep them in the database and rotate them. */
  | { readonly kind: 'shared'; readonly rotationIntervalDays: number }
  | { readonly kind: 'stores'; readonly keyStore: StoreFile; readonly trustStore: StoreFile };

/** Which addresses are used where a name or word has several: `-Djava.net.preferIPv4Stack`, `-Djava.net.preferIPv6Addresses`. */
export type AddressFamilies = 'IPv4 only' | 'IPv4 first' | 'IPv6 first';

/** All that options, -D properties and the cache configuration file say about how the nodes reach each other. Pure data, judged. */
export interface StackSettings {
  /** As log line ISPN000078 shows it. */
  readonly name: string;
  readonly discovery: StackDiscovery;
  readonly transport: StackTransport;
  readonly failureDetection: FailureDetection;
  readonly addressFamilies: AddressFamilies;
  readonly tls: StackTls;
  /** What the operator should know: values that were overridden or have no effect. */
  readonly warnings: readonly string[];
}
