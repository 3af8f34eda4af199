import { type LogThresholds, levelRank } from './log-levels.ts';
import type { LogEncoder, LogRecord } from './log-record.ts';
import type { LogFields, Logger, LogLevel } from './logger.ts';
import { redactFields, redactText } from './redact.ts';

/** Categories are constants of the code; more than this means that somebody makes them out of data. */
const MAX_CATEGORIES = 1_000;

/** Where lines go, which ones, and in which form. */
export interface LogOutput {
  readonly encode: LogEncoder;
  /** Most verbose rank that this output takes. */
  readonly threshold: number;
  write(line: string): void;
}

export interface LoggerOptions {
  readonly thresholds: LogThresholds;
  readonly outputs: readonly LogOutput[];
  readonly nowMs: () => number;
}

function recordOf(timeMs: number, level: LogLevel, category: string, message: string, fields: LogFields | undefined): LogRecord {
  const text = redactText(message);
  if (fields === undefined) return { timeMs, level, category, message: text, fields: new Map() };
  const { error, ...others } = fields;
  const stack = error instanceof Error ? redactText(error.stack ?? `${error.name}: ${error.message}`) : undefined;
  return { timeMs, level, category, message: text, fields: redactFields(stack === undefined ? fields : others), stack };
}

/** The logger of `category`; loggers of other categories come from its `of` and share the outputs. */
export function createLogger(category: string, options: LoggerOptions): Logger {
  const known = new Map<string, Logger>();
  const widest = Math.max(0, ...options.outputs.map((output) => output.threshold));
  const make = (name: string): Logger => {
    const threshold = Math.min(options.thresholds.of(name), widest);
    const log = (level: LogLevel, message: string, fields: LogFields | undefined): void => {
      const rank = levelRank(level);
      if (rank > threshold) return;
      const record = recordOf(options.nowMs(), level, name, message, fields);
      for (const output of options.outputs) if (rank <= output.threshold) output.write(output.encode(record));
    };
    return {
      category: name,
      isEnabled: (level) => levelRank(level) <= threshold,
      error: (message, fields) => log('error', message, fields),
      warn: (message, fields) => log('warn', message, fields),
      info: (message, fields) => log('info', message, fields),
      debug: (message, fields) => log('debug', message, fields),
      trace: (message, fields) => log('trace', message, fields),
      of: (other) => {
        const logger = known.get(other) ?? make(other);
        if (known.size < MAX_CATEGORIES) known.set(other, logger);
        return logger;
      },
    };
  };
  const logger = make(category);
  known.set(category, logger);
  return logger;
}
