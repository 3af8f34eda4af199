import type { DataFactory } from './node.ts';
import { Random } from './random.ts';

/** The least data side: it holds nothing and confirms each COPY and SWITCH a little later. */
export function confirmingData(seed: number): DataFactory {
  const random = new Random(seed, 'confirming data');
  return (surroundings) => ({
    begin: () => {},
    install: (view) => {
      if (view.phase !== 'STABLE')
        surroundings.after(random.about(view.phase === 'COPY' ? 50 : 2), (nowMs) => surroundings.confirm(view.epoch, nowMs));
    },
    end: () => {},
    received: () => {},
    tick: () => {},
  });
}
