import type { Cluster } from './cluster.ts';
import type { Product } from './product.ts';

/** What of the guide "Configuring distributed caches" a check belongs to; one row of the matrix each. */
export const features = [
  'cache types and options',
  'the thirteen caches',
  'bounds of caches',
  'owners of caches',
  'cache configuration file',
  'persistent user sessions',
  'offline sessions',
  'authentication sessions and affinity',
  'login failures',
  'action tokens and single use',
  'invalidation between nodes',
  'logout between nodes',
  'transport stacks',
  'network addresses',
  'transport security (mTLS)',
  'topology and names',
  'external Infinispan options',
  'metrics',
  'health',
  'provider information',
  'discovery in the database',
  'log lines',
  'rolling update and tools',
] as const;
export type Feature = (typeof features)[number];

/** How a user meets a feature; one column of the matrix each. */
export const ways = [
  'command line',
  'environment',
  'configuration file',
  'XML file',
  'OpenID Connect',
  'Admin REST',
  'management port',
  'log',
  'database',
] as const;
export type Way = (typeof ways)[number];

/** How the nodes of a check are started; checks with one set-up share one cluster. */
export type SetUp = 'three nodes' | 'one local node' | 'two nodes by file';

interface Named {
  readonly feature: Feature;
  readonly way: Way;
  /** A sentence about what must hold on every server; unique. */
  readonly name: string;
}

/** Throws where the server does not do what the sentence says. */
export type Check = Named &
  ({ readonly on: 'product'; run(product: Product): Promise<void> } | { readonly on: SetUp; run(cluster: Cluster): Promise<void> });

/** A check that did not hold: what was expected and what was seen. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}

const LONGEST_QUOTE = 400;

const quote = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
};

export function expectSame(seen: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(seen) !== JSON.stringify(expected)) throw new CheckError(`${what}: expected ${quote(expected)}, saw ${quote(seen)}`);
}

export function expectMatch(seen: string, expected: RegExp, what: string): void {
  if (!expected.test(seen)) throw new CheckError(`${what}: expected ${expected}, saw ${quote(seen)}`);
}

export function expectTrue(holds: boolean, what: string, seen: unknown): void {
  if (!holds) throw new CheckError(`${what}: saw ${quote(seen)}`);
}
