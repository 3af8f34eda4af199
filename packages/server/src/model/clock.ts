/** The only way that product code learns the time; tests and the simulator hand in their own. */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Epoch seconds, rounded down, as sessions and tokens count. */
  nowSeconds(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  nowSeconds: () => Math.floor(Date.now() / 1000),
};
