/** What `serverinfo` says of the cluster; all counts are those of this moment. */
export interface ClusterInfo {
  readonly product: string;
  readonly version: string;
  readonly clusterSize: number;
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

/** What Admin REST learns from the assembly of the server; everything is asked anew for each answer. */
export interface ServerFacts {
  clusterInfo(): ClusterInfo | Promise<ClusterInfo>;
  features(): readonly FeatureInfo[];
  /** Version of the product. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}
