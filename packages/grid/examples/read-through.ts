// A cache of what stands in a database: loaded once where it is asked for, and dropped everywhere when it changes.
import { Grid } from '@keygrid/grid';

interface Product {
  readonly name: string;
  readonly price: number;
}

// Stands for the database.
const table = new Map<string, Product>([['p1', { name: 'lamp', price: 20 }]]);
let reads = 0;

async function readProduct(id: string): Promise<Product | undefined> {
  reads += 1;
  return table.get(id);
}

await using grid = await Grid.start();
const products = grid.cache<string, Product>('products', { mode: 'invalidation', maxCount: 10_000 });

// A hundred requests that want the same product at the same time cost one query.
const prices = await Promise.all(Array.from({ length: 100 }, () => products.getOrLoad('p1', readProduct)));
console.log(`${prices.length} requests, ${reads} read, price ${prices[0]?.price}`);

// Commit first, then tell: when `put` returns, no member has an old copy, and no load that began before can bring one back.
const dearer: Product = { name: 'lamp', price: 25 };
table.set('p1', dearer);
await products.put('p1', dearer);
console.log(`price ${(await products.getOrLoad('p1', readProduct))?.price}, ${reads} reads`);

// It prints:
// 100 requests, 1 read, price 20
// price 25, 2 reads
