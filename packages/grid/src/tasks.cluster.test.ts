import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareGuard, type RunStep, stepsOf } from './testing/guarded-task.ts';
import { ProcessCluster } from './testing/process-cluster.ts';

describe('a scheduled task on three processes', () => {
  let cluster: ProcessCluster;
  let client: pg.Client;

  beforeAll(async () => {
    cluster = await ProcessCluster.create('tasks');
    await prepareGuard(cluster.databaseUrl);
    client = new pg.Client({ connectionString: cluster.databaseUrl });
    await client.connect();
    await Promise.all(['n1', 'n2', 'n3'].map((name) => cluster.begin(name)));
    await cluster.settle();
    for (const member of cluster.members.values()) await member.ask('schedule', cluster.databaseUrl);
  });
  afterAll(async () => {
    await client.end();
    await cluster.remove();
  });

  const begun = async (): Promise<RunStep> => {
    let last: RunStep | undefined;
    await expect
      .poll(
        async () => {
          last = (await stepsOf(client)).at(-1);
          return last?.step;
        },
        { interval: 10 },
      )
      .toBe('begin');
    return last as RunStep;
  };
  const others = async (name: string, since: bigint): Promise<void> => {
    const last = async () => (await stepsOf(client)).findLast(({ step }) => step === 'end');
    await expect.poll(async () => ((await last())?.token ?? 0n) > since && (await last())?.member !== name).toBe(true);
  };

  it('is refused what a frozen runner still does after another has begun', async () => {
    const { member, token } = await begun();
    cluster.member(member).signal('SIGSTOP');
    await others(member, token);
    cluster.member(member).signal('SIGCONT');
    await expect
      .poll(async () => (await stepsOf(client)).find((step) => step.token === token && step.step === 'end')?.accepted)
      .toBe(false);
    await cluster.settle();
  });

  it('goes on elsewhere when its runner is killed in the midst of it', async () => {
    const { member, token } = await begun();
    await cluster.kill(member);
    await others(member, token);
  });

  it('never ran twice at a time, and its tokens only grew', async () => {
    const accepted = (await stepsOf(client)).filter((step) => step.accepted);
    let open: RunStep | undefined;
    for (const step of accepted) {
      if (step.step === 'begin') {
        expect(step.token).toBeGreaterThan(open?.token ?? 0n);
        open = step;
      } else expect(step.token).toBe(open?.token);
    }
    const interrupted = accepted.filter(
      ({ step, token }) => step === 'begin' && !accepted.some((other) => other.step === 'end' && other.token === token),
    );
    // The frozen one, the killed one, and perhaps the one that is under way.
    expect(interrupted.length).toBeLessThanOrEqual(3);
    expect(accepted.length).toBeGreaterThanOrEqual(6);
  });
});
