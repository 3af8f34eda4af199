import type { RunningServer, StartInput } from '../server.ts';

export type { RunningServer, StartInput } from '../server.ts';

/** `startServer` of server.ts. */
export type StartServer = (input: StartInput) => Promise<RunningServer>;
