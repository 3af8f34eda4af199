/** Where a walk's state lies at a point, and so what can be lost with it. */
export type Holding = 'nothing' | 'login' | 'session' | 'offline' | 'counter' | 'mark' | 'revocation';

export interface Mode {
  readonly name: 'persistent' | 'volatile' | 'grid off' | 'infinispan' | 'infinispan volatile' | 'redis' | 'redis volatile';
  readonly arguments: readonly string[];
  /** What is gone after a stop of all nodes; everything else must be there. */
  readonly lostWithAllNodes: readonly Holding[];
  /** What is gone when all external servers come back empty. */
  readonly lostWithExternalCaches?: readonly Holding[];
  /** The external caches that the nodes keep their state on. */
  readonly external?: 'infinispan' | 'redis';
}

const volatile = ['--features-disabled=persistent-user-sessions'];
const passing: readonly Holding[] = ['login', 'counter'];
const all: readonly Holding[] = [...passing, 'session'];

/** The ways to keep state, with what the guide says that each may lose. */
export const modes: readonly Mode[] = [
  { name: 'persistent', arguments: [], lostWithAllNodes: ['login', 'counter'] },
  {
    name: 'volatile',
    arguments: volatile,
    lostWithAllNodes: ['login', 'counter', 'session'],
  },
  { name: 'grid off', arguments: ['--features=stateless'], lostWithAllNodes: [] },
  { name: 'infinispan', arguments: [], lostWithAllNodes: [], lostWithExternalCaches: passing, external: 'infinispan' },
  { name: 'infinispan volatile', arguments: volatile, lostWithAllNodes: [], lostWithExternalCaches: all, external: 'infinispan' },
  { name: 'redis', arguments: [], lostWithAllNodes: [], lostWithExternalCaches: passing, external: 'redis' },
  { name: 'redis volatile', arguments: volatile, lostWithAllNodes: [], lostWithExternalCaches: all, external: 'redis' },
];

export function modeOf(name: string): Mode {
  const mode = modes.find((one) => one.name === name);
  if (mode === undefined) throw new Error(`There is no mode "${name}". Modes: ${modes.map((one) => one.name).join(', ')}`);
  return mode;
}
