import { setTimeout as delay } from 'node:timers/promises';
import { configureCaches } from '../../cache/cache-configuration.ts';
import { systemClock } from '../../model/clock.ts';
import type { LoginStepArgument } from '../../security/login-steps.ts';
import { bruteForceRule } from '../../security/login-steps.ts';
import type { StateSettings } from '../../session/state-settings.ts';
import type { BackendParts, StateBackend } from '../../state/backend.ts';
import type { OpenStorage } from '../../store/storage.ts';
import { quietLogger } from '../quiet-logger.ts';
import type { StateBed } from './bed.ts';

export function contractSettings(overrides: Partial<StateSettings> = {}): StateSettings {
  return {
    caches: configureCaches({ mode: 'ispn', persistentUserSessions: true }),
    persistentUserSessions: true,
    stateless: false,
    local: false,
    clusterName: 'ISPN',
    attachRoute: true,
    persistRevokedTokens: true,
    ...overrides,
  };
}

export function contractParts(storage: OpenStorage, settings: StateSettings = contractSettings()): BackendParts<LoginStepArgument> {
  return { storage, settings, clock: systemClock, logger: quietLogger, loginFailureRule: bruteForceRule };
}

/** A bed over real engines: time passes by itself. `close` runs after the nodes were closed. */
export function realBed(nodes: readonly StateBackend[], close: () => Promise<void>): StateBed {
  return {
    nodes,
    clock: systemClock,
    advance: async (seconds) => {
      await delay(seconds * 1000);
    },
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]();
      await close();
    },
  };
}
