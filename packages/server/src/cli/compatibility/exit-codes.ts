import type { Configuration } from '../../config/configuration.ts';

/** Exit codes of both commands, the original's. */
export const compatibilityExit = { rolling: 0, failed: 1, refused: 2, recreate: 3, featureDisabled: 4 } as const;

/** What both commands say where the feature is off; undefined where it is on. */
export function featureRefusal(configuration: Configuration): string | undefined {
  if (configuration.featureEnabled('rolling-updates')) return undefined;
  return "Unable to use this command. None of the versions of the feature 'rolling-updates' is enabled.";
}
