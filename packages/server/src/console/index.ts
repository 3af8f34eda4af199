import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { registerAccountPages } from './account-page.ts';
import { registerAdminPage } from './admin-page.ts';
import { registerConsoleFiles } from './console-files.ts';
import { registerMessageBundles } from './message-bundles.ts';

/** The two consoles in the browser: their pages, static files and texts. */
export function registerConsoles(app: FastifyInstance, context: ServerContext): void {
  registerConsoleFiles(app);
  registerMessageBundles(app, context);
  registerAdminPage(app, context);
  registerAccountPages(app, context);
}
