import type { LogLevel } from './logger.ts';

/** One line to be, without secrets. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  readonly fields: ReadonlyMap<string, unknown>;
  /** Stack trace of the error that goes with it. */
  readonly stack?: string | undefined;
}

/** Makes the text of a record, line end included. */
export type LogEncoder = (record: LogRecord) => string;

/** The one thread name that there is. */
export const THREAD_NAME = 'main';
