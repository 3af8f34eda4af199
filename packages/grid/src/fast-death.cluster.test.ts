import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProcessGone } from './membership/process-proof.ts';
import { ProcessCluster } from './testing/process-cluster.ts';

/** Whoever waits for a lease of so long waits longer than the whole test. */
const endlessLeaseMs = 3_600_000;

describe.runIf(process.platform === 'linux')('the death of a process on the same host', () => {
  it('is proven for a killed process, and neither for a running nor for a stopped one', async () => {
    const module = fileURLToPath(new URL('./membership/process-proof.ts', import.meta.url));
    const program = `const { describeProcess } = await import(${JSON.stringify(module)}); console.log(describeProcess()); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const row = { process: said.toString().trim() };
    expect(isProcessGone(row)).toBe(false);
    child.kill('SIGSTOP');
    expect(isProcessGone(row)).toBe(false);
    child.kill('SIGKILL');
    await expect.poll(() => isProcessGone(row), { interval: 10 }).toBe(true);
  });

  describe('in a cluster of three', () => {
    let cluster: ProcessCluster;
    const names = ['n1', 'n2', 'n3'];

    beforeAll(async () => {
      cluster = await ProcessCluster.create('fast_death');
      cluster.leaseMs = endlessLeaseMs;
      await Promise.all(names.map((name) => cluster.begin(name)));
      await cluster.settle();
    });
    afterAll(() => cluster.remove());

    it.each(['the coordinator', 'another member'])('lets the others go on without waiting for its lease when it is %s', async (which) => {
      const coordinator = await cluster.coordinator();
      const victim = which === 'the coordinator' ? coordinator : (names.find((name) => name !== coordinator) ?? '');
      const epochs = await Promise.all([...cluster.members.values()].map(async (member) => (await member.state()).epoch));
      await cluster.kill(victim);
      // Keys of all segments: many of these had the victim as their primary.
      const survivors = [...cluster.members.values()];
      const puts = Promise.all(
        survivors.flatMap((member, index) =>
          Array.from({ length: 50 }, (_, key) => member.ask('put', `${which}-${index}-${key}`, 'value')),
        ),
      );
      await cluster.settle();
      await puts;
      for (const [index, member] of survivors.entries()) {
        expect((await member.state()).epoch).toBeGreaterThan(Math.max(...epochs));
        expect(member.output.filter((line) => line.includes('"event":"fenced"'))).toEqual([]);
        expect(await survivors[1 - index]?.ask('get', `${which}-${index}-7`)).toBe('value');
      }
      await cluster.begin(victim);
      await cluster.settle();
    });

    it('lets members that start after all were killed take over at once, in a greater epoch', async () => {
      const { epoch } = await cluster.member('n1').state();
      await Promise.all(names.map((name) => cluster.kill(name)));
      await Promise.all(names.map((name) => cluster.begin(name)));
      await cluster.settle();
      expect((await cluster.member('n1').state()).epoch).toBeGreaterThan(epoch);
    });
  });
});
