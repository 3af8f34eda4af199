import type { RunAnswer } from '../protocol.ts';

/** The same work on something else that a program might use. */
export const rivalOperations = ['get', 'put', 'take'] as const;
export type RivalOperation = (typeof rivalOperations)[number];

export interface Rival {
  readonly name: string;
  /** What a reader must know to compare. */
  readonly setting: string;
  run(operation: RivalOperation, callers: number, seconds: number): Promise<RunAnswer>;
  /** CPU so far, of all its processes together with the callers. */
  cpuMs(): Promise<number> | number;
  stop(): Promise<void>;
}

/** Opens a rival, or says why it cannot be had here. */
export type OpenRival = (databaseUrl: string) => Promise<Rival | string>;
