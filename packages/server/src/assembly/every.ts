/** Calls `tick` every so many milliseconds until disposed; the process may end meanwhile. */
export function every(intervalMs: number, tick: () => void): Disposable {
  const timer = setInterval(tick, intervalMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
