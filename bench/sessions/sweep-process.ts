// One pass of the server's sweeper in a process of its own, on the database named by SWEEP_DATABASE_URL; tells its parent how many sessions went.
import { parseDatabaseUrl } from '../../packages/server/src/config/database-url.ts';
import { systemClock } from '../../packages/server/src/model/clock.ts';
import type { Logger } from '../../packages/server/src/observability/logger.ts';
import { sweepSessions } from '../../packages/server/src/session/sweeper.ts';
import { openStorage } from '../../packages/server/src/store/storage.ts';

const nothing = (): void => undefined;
const logger: Logger = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  of: () => logger,
} as unknown as Logger;
const storage = await openStorage({ target: parseDatabaseUrl(process.env['SWEEP_DATABASE_URL'] ?? ''), logger, poolMaxSize: 2 });
const removed = await sweepSessions(
  { stores: storage.stores, clock: systemClock, logger, onExpired: async () => undefined },
  new AbortController().signal,
);
await storage.close();
process.send?.(removed);
process.disconnect();
