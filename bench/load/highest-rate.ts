/** What a rate must keep to count: no failures, a mean of at most 300 ms, and 95 % below 250 ms, as Keycloak's own sizing runs ask. */
export const LIMITS = { meanMs: 300, p95Ms: 250 } as const;

export interface Trial {
  readonly failures: number;
  readonly meanMs: number;
  readonly p95Ms: number;
  /** Calls that ended well, a second. */
  readonly perSecond: number;
}

/** A rate that was asked for but not reached by this much was not kept: calls piled up. */
const REACHED = 0.95;
const MAX_RATE = 100_000;

export function keepsLimits(trial: Trial, asked: number): boolean {
  return trial.failures === 0 && trial.meanMs <= LIMITS.meanMs && trial.p95Ms < LIMITS.p95Ms && trial.perSecond >= asked * REACHED;
}

/**
 * The highest rate, calls a second, that keeps the limits: doubled until it does not, then halved in between `steps` times.
 * Undefined where even the first rate does not.
 */
export async function highestRate(
  first: number,
  steps: number,
  attempt: (perSecond: number) => Promise<Trial>,
): Promise<{ readonly perSecond: number; readonly trial: Trial } | undefined> {
  let kept: { perSecond: number; trial: Trial } | undefined;
  let broken = MAX_RATE;
  for (let rate = first; rate < MAX_RATE; rate *= 2) {
    const trial = await attempt(rate);
    if (!keepsLimits(trial, rate)) {
      broken = rate;
      break;
    }
    kept = { perSecond: rate, trial };
  }
  if (kept === undefined) return undefined;
  for (let step = 0; step < steps; step += 1) {
    const rate: number = (kept.perSecond + broken) / 2;
    const trial = await attempt(rate);
    if (keepsLimits(trial, rate)) kept = { perSecond: rate, trial };
    else broken = rate;
  }
  return kept;
}
