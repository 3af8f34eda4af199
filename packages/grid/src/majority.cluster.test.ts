import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from './testing/free-ports.ts';
import { MemberProcess } from './testing/member-process.ts';

describe('members without a database', () => {
  const names = ['n1', 'n2', 'n3'] as const;
  const members = new Map<string, MemberProcess>();
  const all: MemberProcess[] = [];
  let ports: number[] = [];
  const begin = (name: (typeof names)[number]): MemberProcess => {
    const member = new MemberProcess(name, `majority:${ports[names.indexOf(name)]}:${ports.join()}`);
    members.set(name, member);
    all.push(member);
    return member;
  };
  const member = (name: string) => members.get(name) as MemberProcess;
  const kill = async (name: string) => {
    member(name).signal('SIGKILL');
    await member(name).exited;
    members.delete(name);
  };
  const settled = async (): Promise<boolean> => {
    const states = await Promise.all([...members.values()].map((each) => each.state()));
    const here = [...members.keys()].sort().join();
    return states.every(({ ready, phase, members: view }) => ready && phase === 'STABLE' && [...view].sort().join() === here);
  };
  const settle = () => expect.poll(settled, { interval: 100 }).toBe(true);

  beforeAll(async () => {
    ports = await freePorts(names.length);
    await Promise.all(names.map((name) => begin(name).started));
  });
  afterAll(async () => {
    for (const each of all) each.signal('SIGKILL');
    await Promise.all(all.map((each) => each.exited));
  });

  it('form one cluster, and keep what they acknowledged when one of three is killed', async () => {
    await settle();
    for (let index = 0; index < 50; index += 1) await member(names[index % 3] ?? 'n1').ask('put', `k${index}`, `v${index}`);
    await kill('n3');
    await settle();
    for (let index = 0; index < 50; index += 1) expect(await member('n1').ask('get', `k${index}`)).toBe(`v${index}`);
  });

  it('take a third in again, and fence whoever is left alone until the others are back', async () => {
    await begin('n3').started;
    await settle();
    const { coordinator = '' } = await member('n1').state();
    const alone = names.find((name) => name !== coordinator) ?? 'n1';
    await Promise.all(names.filter((name) => name !== alone).map(kill));
    await expect.poll(async () => (await member(alone).state()).ready, { interval: 100 }).toBe(false);
    await expect(member(alone).ask('put', 'k', 'alone')).rejects.toThrow('GRID_FENCED');
    await Promise.all(names.filter((name) => name !== alone).map((name) => begin(name).started));
    await settle();
    // Nobody may know what the lost ones had acknowledged last, so the survivor has dropped its copies.
    expect(await member(alone).ask('get', 'k1')).toBeNull();
  });
});
