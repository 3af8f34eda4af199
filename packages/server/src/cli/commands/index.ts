import { clusterMembers } from '../cluster/members.ts';
import { clusterOwners } from '../cluster/owners.ts';
import { clusterRebalance } from '../cluster/rebalance.ts';
import { clusterStatus } from '../cluster/status.ts';
import type { Command } from '../command.ts';
import { bootstrapAdminService } from './bootstrap-admin-service.ts';
import { bootstrapAdminUser } from './bootstrap-admin-user.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { showConfig } from './show-config.ts';
import { start } from './start.ts';
import { startDev } from './start-dev.ts';
import { updateCompatibilityCheck } from './update-compatibility-check.ts';
import { updateCompatibilityMetadata } from './update-compatibility-metadata.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  start,
  startDev,
  showConfig,
  importCommand,
  exportCommand,
  bootstrapAdminUser,
  bootstrapAdminService,
  clusterStatus,
  clusterMembers,
  clusterOwners,
  clusterRebalance,
  updateCompatibilityMetadata,
  updateCompatibilityCheck,
];
