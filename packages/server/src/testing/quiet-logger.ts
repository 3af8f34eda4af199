import type { Logger } from '../observability/logger.ts';

/** A logger that writes nothing. */
export const quietLogger: Logger = {
  category: 'test',
  isEnabled: () => false,
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
  of: () => quietLogger,
};
