import { describe, expect, it } from 'vitest';
import { chosenStacks, type Scene, scenes } from './scenes.ts';
import { StackNodes } from './stack-nodes.ts';

const open = (stack: string): Promise<Scene> => (scenes[stack] as () => Promise<Scene>)();

describe.each(chosenStacks)('three nodes with --cache-stack=%s', (stack) => {
  it('form one view when they start at once, lose one, and take it back', async () => {
    await using scene = await open(stack);
    await using cluster = await StackNodes.prepare(3, scene);
    for (const node of cluster.nodes) node.start();
    await cluster.settled([0, 1, 2]);
    expect(cluster.log(0)).toContain(`Starting JGroups channel \`ISPN\` with stack \`${stack}\``);
    expect(new Set([0, 1, 2].map((index) => /ISPN000094: [^[]*\[[^|]*\|(\d+)\] \(3\)/.exec(cluster.log(index))?.[1])).size).toBe(1);
    await cluster.kill(1);
    await cluster.settled([0, 2]);
    cluster.node(1).start();
    await cluster.settled([0, 1, 2]);
    for (const index of [0, 1, 2]) expect(cluster.warnings(index, 'discovery')).toEqual([]);
  });
});
