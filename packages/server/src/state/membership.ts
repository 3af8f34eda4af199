/** Whether this node may serve, and who else does. What decides it depends on the backend: the grid's lease, or the beat in the database. */
export interface Membership {
  /** In the cluster, and what has to be there before the first request is. */
  readonly ready: boolean;
  /** This node cannot prove that the others still wait for it: its caches may be old, and it must not answer for realms. */
  readonly fenced: boolean;
  /** Nodes of the cluster as this one knows them, itself included. */
  readonly size: number;
}
