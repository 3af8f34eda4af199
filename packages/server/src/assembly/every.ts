/** Calls `run` once, after so many milliseconds unless disposed before; the process may end meanwhile. */
export function after(delayMs: number, run: () => void): Disposable {
  const timer = setTimeout(run, delayMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Calls `tick` every so many milliseconds until disposed; the process may end meanwhile. */
export function every(intervalMs: number, tick: () => void): Disposable {
  const timer = setInterval(tick, intervalMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
