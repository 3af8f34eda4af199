import type { Command } from '../command.ts';
import { bootstrapAdminService } from './bootstrap-admin-service.ts';
import { bootstrapAdminUser } from './bootstrap-admin-user.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { showConfig } from './show-config.ts';
import { start } from './start.ts';
import { startDev } from './start-dev.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  start,
  startDev,
  showConfig,
  importCommand,
  exportCommand,
  bootstrapAdminUser,
  bootstrapAdminService,
];
