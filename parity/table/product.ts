import type { Cluster, ClusterPlan } from './cluster.ts';

/** How a command of the product ended. */
export interface CommandResult {
  /** Null where it was stopped by the time limit. */
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the folder that the command runs in: name -> content; `{folder}` in arguments stands for that folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Stops the command when this has been printed; a start that succeeds does not end by itself. */
  readonly until?: RegExp;
}

/** A server that the table is asked of. */
export interface Product {
  readonly name: 'keycloak' | 'keygrid';
  readonly version: string;
  /** Runs the product's command with these arguments to its end, for at most a minute. */
  command(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Starts nodes on a database of their own. */
  start(plan: ClusterPlan): Promise<Cluster>;
}
