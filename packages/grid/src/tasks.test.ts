import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GridLogLine, GridNode, TaskRun } from './api.ts';
import { MemoryAuthority } from './authority/memory.ts';
import { startGrid } from './grid.ts';
import { MemoryNetwork } from './transport/memory-network.ts';

let nodes: GridNode[] = [];
let lines: GridLogLine[] = [];

beforeEach(async () => {
  const [authority, network] = [new MemoryAuthority(), new MemoryNetwork()];
  lines = [];
  const start = (nodeName: string) =>
    startGrid({ nodeName, log: (line) => lines.push(line) }, { authority, transport: network.transport() });
  nodes = [await start('n1'), await start('n2'), await start('n3')];
  await expect
    .poll(() => nodes.map((node) => `${node.view.members.length} ${node.view.phase}`), { timeout: 20_000 })
    .toEqual(Array(3).fill('3 STABLE'));
}, 30_000);

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
});

describe('a scheduled task', () => {
  it('runs on one member at a time, and on another once that one has ended it', async () => {
    const runs: { member: string; token: bigint; overlapping: boolean }[] = [];
    const running = new Set<string>();
    for (const node of nodes)
      node.schedule('sweep', 20, async ({ signal, fencingToken }: TaskRun) => {
        runs.push({ member: node.name, token: fencingToken, overlapping: running.size > 0 });
        running.add(node.name);
        // The first runner is told to stop in the midst of a run, and takes its time.
        if (node.name === 'n1' && runs.length > 3) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
        running.delete(node.name);
      });
    await expect.poll(() => runs.length, { timeout: 10_000 }).toBe(4);
    await nodes[0]?.stop();
    await expect.poll(() => runs.length, { timeout: 10_000 }).toBeGreaterThan(6);
    expect(new Set(runs.slice(0, 4).map(({ member }) => member))).toEqual(new Set(['n1']));
    expect(new Set(runs.slice(4).map(({ member }) => member))).toEqual(new Set(['n2']));
    expect(runs.filter(({ overlapping }) => overlapping)).toEqual([]);
    for (let index = 1; index < runs.length; index++) expect(runs[index]?.token).toBeGreaterThan(runs[index - 1]?.token ?? 0n);
  }, 40_000);

  it('goes on after a run that failed, and says so', async () => {
    let runs = 0;
    nodes[0]?.schedule('failing', 10, async () => {
      runs += 1;
      throw new Error('no luck');
    });
    await expect.poll(() => runs, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(lines.map(({ message }) => message)).toContain("task 'failing' failed: no luck");
  });

  it('is refused twice under one name, and with intervals that cannot be', () => {
    const node = nodes[0] as GridNode;
    using _task = node.schedule('sweep', 1_000, async () => {});
    expect(() => node.schedule('sweep', 1_000, async () => {})).toThrow(/task 'sweep' is scheduled already/);
    expect(() => node.schedule('other', 0, async () => {})).toThrow(/interval of 0 ms/);
    expect(() => node.schedule('other', Number.POSITIVE_INFINITY, async () => {})).toThrow(/GRID_BAD_ARGUMENT/);
  });
});

describe('a task on all members', () => {
  it('runs once on each and tells how it ended there', async () => {
    const ran: string[] = [];
    for (const node of nodes.slice(0, 2))
      node.defineTask('greet', async (argument, caller) => {
        ran.push(node.name);
        if (node.name === 'n2') throw new Error('not today');
        return { greeting: `${String(argument)} from ${node.name} to ${caller}` };
      });
    const outcomes = await nodes[0]?.runOnAll<{ greeting: string }>('greet', 'hello');
    expect(outcomes?.map(({ member, value, error }) => [member, value?.greeting, error?.code])).toEqual([
      ['n1', 'hello from n1 to n1', undefined],
      ['n2', undefined, 'GRID_TASK_FAILED'],
      ['n3', undefined, 'GRID_UNKNOWN_TASK'],
    ]);
    expect(outcomes?.[1]?.error?.message).toBe("GRID_TASK_FAILED: task 'greet' on member n2: not today");
    expect(ran.sort()).toEqual(['n1', 'n2']);
  });

  it('says who did not answer in time, and ends when its caller no longer waits', async () => {
    for (const node of nodes) node.defineTask('slow', () => (node.name === 'n3' ? new Promise(() => {}) : 'done'));
    const outcomes = await nodes[0]?.runOnAll('slow', undefined, { timeoutMs: 100 });
    expect(outcomes?.map(({ value, error }) => value ?? error?.code)).toEqual(['done', 'done', 'GRID_TIMEOUT']);
    const controller = new AbortController();
    const running = nodes[0]?.runOnAll('slow', undefined, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toMatchObject({ code: 'GRID_ABORTED', cause: new Error('enough') });
  });
});
