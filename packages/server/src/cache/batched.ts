/** Keys that one load asks for at most. */
const MAX_KEYS = 1_000;

interface Waiting<V> {
  readonly key: string;
  resolve(value: V | undefined): void;
  reject(reason: unknown): void;
}

/** Turns the single loads of one turn of the event loop into few loads of many keys: thousands of misses are no thousands of statements. */
export function batched<V>(load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>): (key: string) => Promise<V | undefined> {
  let waiting: Waiting<V>[] = [];
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let at = 0; at < all.length; at += MAX_KEYS) {
      const some = all.slice(at, at + MAX_KEYS);
      load([...new Set(some.map(({ key }) => key))]).then(
        (found) => {
          for (const { key, resolve } of some) resolve(found.get(key));
        },
        (error: unknown) => {
          for (const { reject } of some) reject(error);
        },
      );
    }
  };
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (waiting.length === 1) queueMicrotask(() => queueMicrotask(flush));
    });
}
