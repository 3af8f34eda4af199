import { setTimeout as sleep } from 'node:timers/promises';
import { families, type OptionFamily } from '../../config/options/index.ts';
import { checkStart } from '../check-start.ts';
import type { Command, CommandInput } from '../command.ts';
import { exitCodes, listenForStop, runUntilStopped, unlessInterrupted } from '../graceful-stop.ts';
import type { RunningServer } from '../running-server.ts';

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
  families.outbound,
  families.x509,
  families.withoutEffect,
];

/** Starts the server and stays until a signal stops it. */
export async function runServer({ configuration, logger, environment, terminal, services }: CommandInput): Promise<number> {
  await checkStart(configuration, environment);
  using signals = listenForStop(terminal);
  await using database = await services.openDatabase(configuration, logger);
  if (signals.early !== undefined) return exitCodes[signals.early];
  const { signal } = signals;
  let server: RunningServer;
  try {
    server = await unlessInterrupted(services.startServer({ configuration, logger, database: database.target, signal }), signals);
  } catch (error) {
    // It was told to stop while it waited for the cluster; what was opened is closed.
    if (signals.early !== undefined && error instanceof Error && 'code' in error && error.code === 'GRID_ABORTED')
      return exitCodes[signals.early];
    throw error;
  }
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
