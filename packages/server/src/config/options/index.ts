import type { Category, OptionDeclaration, OptionTable, ValueOf } from '../option.ts';
import { bootstrapAdminOptions } from './bootstrap-admin.ts';
import { cacheOptions } from './cache.ts';
import { databaseOptions } from './database.ts';
import { featureOptions } from './features.ts';
import { healthOptions } from './health.ts';
import { hostnameOptions } from './hostname.ts';
import { httpOptions } from './http.ts';
import { exportOptions, importOptions, startImportOptions } from './import.ts';
import { loggingOptions } from './logging.ts';
import { managementOptions } from './management.ts';
import { eventOptions, metricsOptions } from './metrics.ts';
import { outboundOptions } from './outbound.ts';
import { proxyOptions } from './proxy.ts';
import { spiOptions } from './spi.ts';
import { withoutEffectOptions } from './without-effect.ts';
import { x509Options } from './x509.ts';

/** A group of options under one heading; commands say which families they take. */
export interface OptionFamily {
  readonly category: Category;
  readonly options: OptionTable;
}

export const families = {
  cache: { category: 'Cache', options: cacheOptions },
  database: { category: 'Database', options: databaseOptions },
  features: { category: 'Feature', options: featureOptions },
  hostname: { category: 'Hostname', options: hostnameOptions },
  http: { category: 'HTTP(S)', options: httpOptions },
  health: { category: 'Health', options: healthOptions },
  management: { category: 'Management', options: managementOptions },
  metrics: { category: 'Metrics', options: metricsOptions },
  proxy: { category: 'Proxy', options: proxyOptions },
  logging: { category: 'Logging', options: loggingOptions },
  events: { category: 'Events', options: eventOptions },
  bootstrapAdmin: { category: 'Bootstrap Admin', options: bootstrapAdminOptions },
  startImport: { category: 'Import', options: startImportOptions },
  import: { category: 'Import', options: importOptions },
  export: { category: 'Export', options: exportOptions },
  spi: { category: 'SPI', options: spiOptions },
  outbound: { category: 'SPI', options: outboundOptions },
  x509: { category: 'SPI', options: x509Options },
  withoutEffect: { category: 'Without effect', options: withoutEffectOptions },
} as const satisfies Record<string, OptionFamily>;

const typedOptions = {
  ...cacheOptions,
  ...databaseOptions,
  ...featureOptions,
  ...hostnameOptions,
  ...httpOptions,
  ...healthOptions,
  ...managementOptions,
  ...metricsOptions,
  ...proxyOptions,
  ...loggingOptions,
  ...eventOptions,
  ...bootstrapAdminOptions,
  ...startImportOptions,
  ...importOptions,
  ...exportOptions,
  ...spiOptions,
  ...outboundOptions,
  ...x509Options,
  ...withoutEffectOptions,
};

export type OptionName = keyof typeof typedOptions;
/** The type of an option's value. */
export type OptionValue<N extends OptionName> = ValueOf<(typeof typedOptions)[N]>;

/** Every option by name. */
export const allOptions: ReadonlyMap<string, OptionDeclaration<unknown>> = new Map(Object.entries(typedOptions));

/** Options of a set of families, by name. */
export function optionsOf(which: readonly OptionFamily[]): ReadonlyMap<string, OptionDeclaration<unknown>> {
  return new Map(which.flatMap((family) => Object.entries(family.options)));
}
