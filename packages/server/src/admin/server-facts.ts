/** What `serverinfo` says of the cluster; all counts are those of this moment. */
export interface ClusterInfo {
  readonly product: string;
  readonly version: string;
  /** Absent with external caches, which have connections instead. */
  readonly clusterSize?: number;
  readonly connectionCount?: number;
  /** Cache name -> HEALTHY, HEALTHY_REBALANCING, DEGRADED or FAILED. */
  readonly caches: Readonly<Record<string, string>>;
}

/** A feature as the console asks for it: `name` in upper case with underscores. */
export interface FeatureInfo {
  readonly name: string;
  readonly label: string;
  readonly type: 'DEFAULT' | 'DISABLED_BY_DEFAULT' | 'PREVIEW' | 'PREVIEW_DISABLED_BY_DEFAULT' | 'EXPERIMENTAL' | 'DEPRECATED';
  readonly enabled: boolean;
}

/** What `serverinfo` says of how sessions and single-use objects are kept. */
export interface SessionInfo {
  /** Whether persistent sessions are kept in memory besides the database. */
  readonly useCaches: boolean;
  /** Seconds between two sweeps of expired rows. */
  readonly expirationPeriodSeconds: number;
  readonly persistRevokedTokens: boolean;
}

/** What Admin REST learns from the assembly of the server; everything is asked anew for each answer. */
export interface ServerFacts {
  clusterInfo(): ClusterInfo | Promise<ClusterInfo>;
  readonly sessionInfo: SessionInfo;
  features(): readonly FeatureInfo[];
  /** Version of the product. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}
