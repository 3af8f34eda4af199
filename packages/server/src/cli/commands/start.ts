import { setTimeout as sleep } from 'node:timers/promises';
import { families, type OptionFamily } from '../../config/options/index.ts';
import { checkHostname } from '../check-hostname.ts';
import { checkSystemProperties } from '../check-system-properties.ts';
import { checkTls } from '../check-tls.ts';
import type { Command, CommandInput } from '../command.ts';
import { exitCodes, listenForStop, runUntilStopped, unlessInterrupted } from '../graceful-stop.ts';

/** Options of both ways to start. */
export const serverFamilies: readonly OptionFamily[] = [
  families.cache,
  families.database,
  families.features,
  families.hostname,
  families.http,
  families.health,
  families.management,
  families.metrics,
  families.proxy,
  families.logging,
  families.events,
  families.bootstrapAdmin,
  families.startImport,
  families.spi,
  families.withoutEffect,
];

/** Starts the server and stays until a signal stops it. */
export async function runServer({ configuration, logger, terminal, services }: CommandInput): Promise<number> {
  checkSystemProperties(configuration);
  checkHostname(configuration);
  checkTls(configuration);
  using signals = listenForStop(terminal);
  await using database = await services.openDatabase(configuration, logger);
  if (signals.early !== undefined) return exitCodes[signals.early];
  const server = await unlessInterrupted(services.startServer({ configuration, logger, database: database.target }), signals);
  return await runUntilStopped(server, signals, logger, {
    delayMs: Math.max(0, configuration.get('shutdown-delay')),
    timeoutMs: Math.max(0, configuration.get('shutdown-timeout')),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  });
}

export const start: Command = {
  name: 'start',
  summary: 'Starts a node in production mode.',
  mode: 'production',
  families: serverFamilies,
  arguments: [],
  takesPositionals: false,
  demands: true,
  run: runServer,
};
