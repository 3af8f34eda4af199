import type { Configuration } from '../config/configuration.ts';
import { systemClock } from '../model/clock.ts';
import { checkHostname } from './check-hostname.ts';
import { checkSystemProperties } from './check-system-properties.ts';
import { checkTls } from './check-tls.ts';
import type { Environment } from './load-configuration.ts';

/** What must be right before a start opens anything, beside the values of single options. @throws ConfigurationError, StartError */
export async function checkStart(configuration: Configuration, environment: Environment): Promise<void> {
  checkSystemProperties(configuration);
  checkHostname(configuration);
  await checkTls(configuration);
  const { checkStack } = await import('./check-stack.ts');
  await checkStack(configuration, environment, systemClock.nowMs());
}
