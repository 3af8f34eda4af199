import type { Command } from '../command.ts';
import { runServer, serverFamilies } from './start.ts';

export const startDev: Command = {
  name: 'start-dev',
  summary: 'Starts one node in development mode: embedded database in ./data, plain HTTP, no cluster.',
  mode: 'development',
  families: serverFamilies,
  arguments: [],
  takesPositionals: false,
  demands: true,
  run: runServer,
};
