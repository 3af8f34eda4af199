/** A row of table JGROUPS_PING, in Keycloak's shape, for operators and scripts that look there; the membership itself lives elsewhere. */
export interface JgroupsPingRow {
  readonly address: string;
  readonly name: string;
  readonly ip: string;
  readonly coord: boolean;
  /** Address of the coordinator that the member follows. */
  readonly coordinatedBy: string;
  /** Epoch seconds. */
  readonly lastUpdate: number;
}

export interface JgroupsPingStore {
  /** Makes the rows of one cluster exactly these, in one statement. */
  replace(clusterName: string, rows: readonly JgroupsPingRow[]): Promise<void>;
  list(clusterName: string): Promise<JgroupsPingRow[]>;
}
