import type { OptionName, OptionValue } from './options/index.ts';

/** production: start. development: start-dev. nonserver: import, export, bootstrap-admin. */
export type Mode = 'production' | 'development' | 'nonserver';

/** A value that somebody set, as show-config lists it. */
export interface ShownValue {
  readonly name: string;
  /** Masked where it is a secret. */
  readonly text: string;
  readonly source: string;
}

/** The options of this process: read, judged and typed once. Nothing in it changes after the start. */
export interface Configuration {
  readonly command: string;
  readonly mode: Mode;
  /** Absolute; conf/ and data/ lie in it. */
  readonly homeDirectory: string;
  /** The value, with its default where nobody set it; a value whose condition does not hold counts as not set. */
  get<N extends OptionName>(name: N): OptionValue<N>;
  /** Whether somebody set it, and it counts. */
  isSet(name: OptionName): boolean;
  featureEnabled(name: string): boolean;
  /** Name -> version. */
  readonly features: ReadonlyMap<string, number>;
  /** Any SPI option by its full name, declared or not; never a secret's way into a log. */
  spi(name: string): string | undefined;
  /** Full names of the SPI options that somebody set and that are not declared. */
  readonly undeclaredSpi: readonly string[];
  /** A `-Dname=value` of the command line or JAVA_OPTS_APPEND. */
  systemProperty(name: string): string | undefined;
  /** Names of those that are set. */
  readonly systemProperties: readonly string[];
  /** Category -> level, from `log-level-<category>`. */
  readonly categoryLevels: ReadonlyMap<string, string>;
  /** What the user should know before the first log line. */
  readonly warnings: readonly string[];
  readonly shown: readonly ShownValue[];
}
