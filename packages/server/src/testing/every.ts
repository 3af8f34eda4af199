/** A timer of the real clock, as the assembly gives one. */
export function every(intervalMs: number, tick: () => void): Disposable {
  const timer = setInterval(tick, intervalMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
