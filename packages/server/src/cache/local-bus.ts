import type { InvalidationBus } from './contracts.ts';

const nothing: Disposable = { [Symbol.dispose]: () => undefined };

/** The bus of a node that has no other members: nobody to tell, nothing to hear. */
export const localBus: InvalidationBus = {
  publish: async () => true,
  subscribe: () => nothing,
  onGap: () => nothing,
  onDeaf: () => nothing,
};
