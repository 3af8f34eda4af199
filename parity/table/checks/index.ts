import type { Check } from '../check.ts';
import { commandLineChecks } from './command-line.ts';
import { configurationChecks } from './configuration.ts';
import { fileChecks } from './files.ts';
import { helpChecks } from './help.ts';
import { loginChecks } from './logins.ts';
import { healthChecks, metricChecks } from './metrics.ts';
import { databaseChecks, logChecks, serverInfoChecks } from './seen-from-outside.ts';
import { sessionChecks } from './sessions.ts';

/** The whole table. */
export const allChecks: readonly Check[] = [
  ...commandLineChecks,
  ...helpChecks,
  ...configurationChecks,
  ...fileChecks,
  ...healthChecks,
  ...sessionChecks,
  ...loginChecks,
  ...serverInfoChecks,
  ...logChecks,
  ...databaseChecks,
  // After the sessions: samples of caches exist then for certain.
  ...metricChecks,
];
