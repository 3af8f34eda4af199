/** A certificate in the store, as far as the decision needs it; times in milliseconds since 1970. */
export interface CertificateFacts {
  readonly alias: string;
  readonly generatedMs: number;
  readonly endMs: number;
}

/** All that the next step of a rotation depends on. It stands in the store, so that any coordinator can go on where another one died. */
export interface RotationFacts {
  readonly nowMs: number;
  readonly intervalMs: number;
  readonly coordinator: boolean;
  readonly current: CertificateFacts | undefined;
  readonly next: CertificateFacts | undefined;
  /** The phase (`phaseOf`) that all members of the view have confirmed. */
  readonly confirmed: string | undefined;
}

/**
 * `publish`: make the next certificate and store it beside the current one. `confirm`: ask all members whether they have taken up what the
 * store says. `switch`: make the next one the current one. `retire`: all present it, so the former one is trusted no more.
 */
export type RotationStep =
  | { readonly kind: 'wait'; readonly untilMs: number | undefined }
  | { readonly kind: 'publish' | 'confirm' | 'switch' | 'retire' };

/** When the current certificate should be replaced: after the interval, but never later than half of its life. */
export function rotationDueMs({ generatedMs, endMs }: CertificateFacts, intervalMs: number): number {
  return generatedMs + Math.min((endMs - generatedMs) / 2, intervalMs);
}

/** The next step of this member; at most two certificates are trusted after any of them. */
export function nextStep({ nowMs, intervalMs, coordinator, current, next, confirmed }: RotationFacts): RotationStep {
  if (!coordinator || current === undefined) return { kind: 'wait', untilMs: undefined };
  if (next === undefined) {
    const untilMs = rotationDueMs(current, intervalMs);
    return nowMs >= untilMs ? { kind: 'publish' } : { kind: 'wait', untilMs };
  }
  const switched = next.alias === current.alias;
  if (!switched && next.endMs <= nowMs) return { kind: 'publish' };
  if (confirmed !== phaseOf(current, next)) return { kind: 'confirm' };
  return { kind: switched ? 'retire' : 'switch' };
}

/** What members confirm: the pair, since the next certificate is confirmed once before the switch and once after it. */
export function phaseOf(current: CertificateFacts, next: CertificateFacts): string {
  return `${current.alias} ${next.alias}`;
}
