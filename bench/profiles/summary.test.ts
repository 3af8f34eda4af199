import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { summarize } from './summary.ts';

const limits = { functions: 15, own: 10 };
const handle = 'file:///checkout/packages/server/src/oidc/handle.ts';
const write = 'file:///checkout/node_modules/pg/lib/client.js';

type Node = readonly [id: number, name: string, url: string, children?: number[]];

/** Samples are a node and the milliseconds that it stands for. */
function profileOf(nodes: readonly Node[], samples: readonly (readonly [node: number, ms: number])[]): Profiler.Profile {
  return {
    nodes: nodes.map(([id, functionName, url, children]) => ({
      id,
      callFrame: { functionName, url, scriptId: url === '' ? '0' : `${id}`, lineNumber: 9, columnNumber: 0 },
      ...(children === undefined ? {} : { children }),
    })),
    startTime: 0,
    endTime: 0,
    samples: samples.map(([node]) => node),
    timeDeltas: samples.map(([, ms]) => ms * 1_000),
  };
}

const profile = profileOf(
  [
    [1, '(root)', '', [2, 3, 4, 5]],
    [2, '(idle)', ''],
    [3, '(garbage collector)', ''],
    [4, '(program)', ''],
    [5, 'onRequest', 'node:_http_server', [6]],
    [6, 'handle', handle, [7, 9]],
    [7, 'query', write, [8]],
    [8, 'writev', ''],
    [9, 'handle', handle],
  ],
  [
    [1, 500],
    [2, 10],
    [3, 2],
    [4, 1],
    [5, 3],
    [6, 4],
    [7, 5],
    [8, 6],
    [9, 7],
  ],
);

describe('the summary of a profile', () => {
  const summary = summarize(profile, '/checkout', limits);

  it('tells idle from busy, and leaves out what the profiler took to begin', () => {
    expect(summary).toMatchObject({ samples: 9, totalMs: 38, idleMs: 10, busyMs: 28, collectorMs: 2, programMs: 1 });
  });

  it('gives each room its own time, and what the runtime did for it; both add up to all that was busy', () => {
    expect(summary.rooms).toEqual([
      { name: 'packages/server/src/oidc', selfMs: 11, withRuntimeMs: 11 },
      { name: 'node_modules/pg', selfMs: 5, withRuntimeMs: 11 },
      { name: 'node: (the runtime, in JavaScript)', selfMs: 3, withRuntimeMs: 3 },
      { name: 'garbage collector', selfMs: 2, withRuntimeMs: 2 },
      { name: 'native code without JavaScript below it', selfMs: 1, withRuntimeMs: 1 },
      { name: 'native functions', selfMs: 6, withRuntimeMs: 0 },
    ]);
    for (const kind of ['selfMs', 'withRuntimeMs'] as const) expect(summary.rooms.reduce((sum, room) => sum + room[kind], 0)).toBe(28);
  });

  it('names functions with their lines, and native ones with who called them', () => {
    expect(summary.functions.slice(0, 3)).toEqual([
      { name: 'handle', place: 'packages/server/src/oidc/handle.ts:10', ms: 11 },
      { name: 'writev', place: 'native functions, for node_modules/pg', ms: 6 },
      { name: 'query', place: 'node_modules/pg/lib/client.js:10', ms: 5 },
    ]);
    expect(summarize(profile, '/checkout', { functions: 1, own: 1 }).functions).toHaveLength(1);
  });

  it('counts an own function with what it calls, once where it calls itself', () => {
    expect(summary.own).toEqual([{ name: 'handle', place: 'packages/server/src/oidc/handle.ts:10', ms: 22 }]);
  });

  it('is empty for a profile without samples', () => {
    expect(summarize(profileOf([[1, '(root)', '']], []), '/checkout', limits)).toMatchObject({ samples: 0, busyMs: 0, rooms: [] });
  });
});
