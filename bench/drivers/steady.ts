/** What a steady stream of requests met while something happened to the cluster. */
export interface SteadyResult {
  readonly requests: number;
  readonly failed: number;
  readonly longestMs: number;
  /** From the event until no request took longer than a second or failed any more. */
  readonly secondsDisturbed: number;
  readonly firstFailure: string | undefined;
}

/**
 * Open model: `perSecond` requests start evenly, whether earlier ones ended or not; after `quietSeconds` the event happens, and the stream goes on
 * for `afterSeconds`.
 */
export async function steadyStream(options: {
  readonly perSecond: number;
  readonly quietSeconds: number;
  readonly afterSeconds: number;
  readonly request: (index: number) => Promise<void>;
  readonly event: () => void | Promise<void>;
}): Promise<SteadyResult> {
  const gapMs = 1000 / options.perSecond;
  const total = Math.round((options.quietSeconds + options.afterSeconds) * options.perSecond);
  const began = performance.now();
  const eventAt = began + options.quietSeconds * 1000;
  let failed = 0;
  let longestMs = 0;
  let lastTroubleAt = eventAt;
  let firstFailure: string | undefined;
  let happened = false;
  const running: Promise<void>[] = [];
  for (let index = 0; index < total; index += 1) {
    const due = began + index * gapMs;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (!happened && performance.now() >= eventAt) {
      happened = true;
      await options.event();
    }
    const startedAt = performance.now();
    running.push(
      options
        .request(index)
        .catch((error: Error) => {
          failed += 1;
          firstFailure ??= error.message;
          lastTroubleAt = Math.max(lastTroubleAt, performance.now());
        })
        .then(() => {
          const tookMs = performance.now() - startedAt;
          longestMs = Math.max(longestMs, tookMs);
          if (tookMs > 1000) lastTroubleAt = Math.max(lastTroubleAt, performance.now());
        }),
    );
  }
  await Promise.all(running);
  return { requests: total, failed, longestMs, secondsDisturbed: Math.max(0, (lastTroubleAt - eventAt) / 1000), firstFailure };
}
