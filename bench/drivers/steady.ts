import { type Slice, Timeline } from './timeline.ts';

/** What a steady stream of requests met while something happened to the cluster. */
export interface SteadyResult {
  readonly requests: number;
  readonly failed: number;
  readonly longestMs: number;
  /** From the event until no request took longer than a second or failed any more. */
  readonly secondsDisturbed: number;
  readonly firstFailure: string | undefined;
  /** Second of the stream at which the event began. */
  readonly eventAtSeconds: number;
  readonly timeline: readonly Slice[];
}

const TROUBLE_MS = 1_000;

/**
 * Open model: `perSecond` requests start evenly, whether earlier ones ended or not; after `quietSeconds` the event begins, and the stream goes on
 * for `afterSeconds`, or until the event has ended where that takes longer.
 */
export async function steadyStream(options: {
  readonly perSecond: number;
  readonly quietSeconds: number;
  readonly afterSeconds: number;
  readonly request: (index: number) => Promise<void>;
  readonly event: () => void | Promise<void>;
}): Promise<SteadyResult> {
  const gapMs = 1_000 / options.perSecond;
  const least = Math.round((options.quietSeconds + options.afterSeconds) * options.perSecond);
  const began = performance.now();
  const eventAt = began + options.quietSeconds * 1_000;
  const timeline = new Timeline();
  const running: Promise<void>[] = [];
  let failed = 0;
  let longestMs = 0;
  let lastTroubleAt = eventAt;
  let firstFailure: string | undefined;
  let event: Promise<void> | undefined;
  let eventOver = false;
  let requests = 0;
  const request = async (index: number): Promise<void> => {
    const startedAt = performance.now();
    let error: Error | undefined;
    await options.request(index).catch((reason: Error) => {
      error = reason;
    });
    const endedAt = performance.now();
    const tookMs = endedAt - startedAt;
    longestMs = Math.max(longestMs, tookMs);
    timeline.add(endedAt - began, tookMs, error !== undefined);
    if (error !== undefined) {
      failed += 1;
      firstFailure ??= error.message;
    }
    if (error !== undefined || tookMs > TROUBLE_MS) lastTroubleAt = Math.max(lastTroubleAt, endedAt);
  };
  for (let index = 0; index < least || !eventOver; index += 1) {
    const wait = began + index * gapMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (event === undefined && performance.now() >= eventAt)
      event = Promise.resolve(options.event()).finally(() => {
        eventOver = true;
      });
    requests += 1;
    running.push(request(index));
  }
  await event;
  await Promise.all(running);
  return {
    requests,
    failed,
    longestMs,
    secondsDisturbed: Math.max(0, (lastTroubleAt - eventAt) / 1_000),
    firstFailure,
    eventAtSeconds: options.quietSeconds,
    timeline: timeline.slices,
  };
}
