/** A logger of one category; the categories are Keycloak's (`org.keycloak.events`, `org.infinispan.CLUSTER`, …). */
export interface Logger {
  readonly category: string;
  isEnabled(level: LogLevel): boolean;
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  trace(message: string, fields?: LogFields): void;
  /** The logger of another category, on the same outputs. */
  of(category: string): Logger;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';
/** `error` may carry an Error; secrets never stand here. */
export type LogFields = Readonly<Record<string, unknown>>;
