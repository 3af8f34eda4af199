/** What a Node program that runs the server inside itself gets. */
export type { Cache } from '@keygrid/grid';
export { type Server, type ServerOptions, startServer } from './cli/start-inside.ts';
