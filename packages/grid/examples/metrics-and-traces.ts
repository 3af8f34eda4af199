// Metrics and traces with whatever library you like: the grid only tells.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Grid } from '@keygrid/grid';

// Stands for a tracer: the hook runs in the caller's context, so a span finds its parent.
const request = new AsyncLocalStorage<string>();
const spans: string[] = [];

await using grid = await Grid.start({
  nodeName: 'n1',
  hooks: {
    operation: ({ cache, operation, primary }) => {
      const parent = request.getStore();
      // Undefined = this one is not followed, and costs nothing more.
      if (parent === undefined) return undefined;
      return ({ code }) => spans.push(`${parent}: ${operation} ${cache} at ${primary} ${code ?? 'ok'}`);
    },
    // For histograms: every operation that ended well, with its time.
    counted: (cache, kind, tookMs) => histogram.set(`${cache} ${kind}`, [...(histogram.get(`${cache} ${kind}`) ?? []), tookMs]),
  },
});
const histogram = new Map<string, number[]>();

const carts = grid.cache<`cart-${number}`, string[]>('carts');
await request.run('GET /cart', async () => {
  await carts.put('cart-1', ['lamp']);
  await carts.get('cart-1');
  await carts.get('cart-1', { signal: AbortSignal.abort() }).catch(() => {});
});
await carts.get('cart-2');

for (const span of spans) console.log(span);
console.log([...histogram].map(([kind, times]) => `${kind} x ${times.length}`).join(', '));
// Gauges and counters of the member, for a scrape.
console.log(`members ${grid.figures().get('members')}, hits ${carts.statistics.hits}, misses ${carts.statistics.misses}`);

// It prints:
// GET /cart: put carts at n1 ok
// GET /cart: get carts at n1 ok
// GET /cart: get carts at n1 GRID_ABORTED
// carts store x 1, carts hit x 1, carts miss x 1
// members 1, hits 1, misses 1
