import type { InspectedCluster, InspectedMember } from '@keygrid/grid';
import { describe, expect, it } from 'vitest';
import type { CommandServices } from '../command-services.ts';
import { recordingTerminal } from '../recording-terminal.ts';
import { runCommandLine } from '../run.ts';

const target = { hosts: [{ host: 'h', port: 5432 }], database: 'd', sslMode: 'disable', primaryOnly: false } as const;

function member(id: number, changed: Partial<InspectedMember> = {}): InspectedMember {
  return { id, name: `n${id}`, address: `10.0.0.${id}:7800`, state: 'active', coordinator: id === 1, beating: true, ...changed };
}

function cluster(members: readonly InspectedMember[], changed: Partial<InspectedCluster> = {}): InspectedCluster {
  return { name: 'ISPN', epoch: 7, timeline: 1, phase: 'STABLE', members, table: [], target: undefined, clusters: ['ISPN'], ...changed };
}

/** Runs a command on what the database would say, one answer after the other. */
async function keygrid(argv: readonly string[], ...answers: readonly InspectedCluster[]) {
  const asked: unknown[] = [];
  const left = [...answers];
  const refuse = async (): Promise<never> => {
    throw new Error('not asked for');
  };
  const services: CommandServices = {
    openDatabase: async () => ({ target, [Symbol.asyncDispose]: async () => undefined }),
    startServer: refuse,
    openRealmOperations: refuse,
    inspectCluster: async (_database, name, watch) => {
      asked.push([name, watch]);
      return (left.length > 1 ? left.shift() : left[0]) as InspectedCluster;
    },
  };
  const terminal = recordingTerminal();
  const code = await runCommandLine(['cluster', ...argv], {}, terminal, services);
  return { code, asked, ...terminal.written };
}

describe('cluster status', () => {
  it.each([
    ['HEALTHY', 0, cluster([member(1), member(2)])],
    ['HEALTHY_REBALANCING', 0, cluster([member(1), member(2, { state: 'joining' })])],
    ['HEALTHY_REBALANCING', 0, cluster([member(1)], { phase: 'COPY', target: [] })],
    ['DEGRADED', 1, cluster([member(1), member(2, { beating: false })])],
    ['FAILED', 1, cluster([member(1, { beating: false })])],
    ['FAILED', 1, cluster([member(1, { state: 'revoked' })])],
  ])('is %s with exit code %i', async (health, code, found) => {
    const shown = await keygrid(['status', '--json'], found);
    expect([JSON.parse(shown.out).health, shown.code]).toEqual([health, code]);
  });

  it('asks for the cluster that the option names', async () => {
    const shown = await keygrid(['status', '--spi-cache-embedded--default--cluster-name=blue'], cluster([member(1)], { name: 'blue' }));
    expect(shown.asked).toEqual([['blue', true]]);
    expect(shown.out).toMatch(/^Cluster 'blue' is HEALTHY: epoch 7 on timeline 1, phase STABLE, 1 member\.\n\nNAME /);
  });

  it('fails with a hint where nobody is there', async () => {
    const shown = await keygrid(['status'], cluster([]));
    expect([shown.code, shown.out]).toEqual([1, '']);
    expect(shown.err).toContain('No node has joined a cluster in this database, or all have left it.');
  });
});

describe('cluster rebalance', () => {
  it('says what moves, and who comes or goes', async () => {
    const table = [[1], [1], [1]];
    const copying = cluster([member(1), member(2, { state: 'joining' })], { phase: 'COPY', table, target: [[2, 1], [1], [1, 2]] });
    expect((await keygrid(['rebalance'], copying)).out).toBe(
      "Cluster 'ISPN' copies 2 segments to their new owners (n2 joining); the old ones serve them.\n",
    );
    expect((await keygrid(['rebalance'], cluster([member(1), member(2, { state: 'leaving' })]))).out).toBe(
      "Cluster 'ISPN' is about to rebalance (n2 leaving).\n",
    );
    expect((await keygrid(['rebalance'], cluster([member(1)]))).out).toBe(
      "Cluster 'ISPN' is at rest: every segment is served by its owners.\n",
    );
  });

  it('waits for rest, and ends with 1 where it does not come', async () => {
    const moving = cluster([member(1)], { phase: 'SWITCH', target: [[1]] });
    const came = await keygrid(['rebalance', '--wait=5', '--json'], moving, cluster([member(1)]));
    expect([came.code, came.asked.length, JSON.parse(came.out).atRest]).toEqual([0, 2, true]);
    expect((await keygrid(['rebalance', '--wait=1'], moving)).code).toBe(1);
  });

  it.each(['0', '-1', '1.5', 'soon', '86401'])('refuses --wait=%s', async (wait) => {
    const shown = await keygrid(['rebalance', `--wait=${wait}`], cluster([member(1)]));
    expect([shown.code, shown.asked]).toEqual([2, []]);
  });
});

describe('cluster owners', () => {
  it('counts segments by member and tells of places that copies share', async () => {
    const found = cluster([member(1, { machine: 'a' }), member(2, { machine: 'a' }), member(3, { machine: 'b' })], {
      table: [
        [1, 2],
        [2, 3],
        [3, 1],
      ],
    });
    const { out, asked } = await keygrid(['owners', '--segments'], found);
    expect(asked).toEqual([['ISPN', false]]);
    expect(out).toBe(
      [
        'MEMBER  PRIMARY  SECOND  THIRD',
        'n1      1        1       0',
        'n2      1        1       0',
        'n3      1        1       0',
        '',
        '1 site: all copies are in the same place.',
        '1 rack: all copies are in the same place.',
        '2 machines: 1 segment has both copies in one machine.',
        '',
        'SEGMENT  OWNERS',
        '0        n1, n2',
        '1        n2, n3',
        '2        n3, n1',
        '',
      ].join('\n'),
    );
  });
});

it('has help for each of its commands', async () => {
  for (const name of ['status', 'members', 'owners', 'rebalance']) {
    const shown = await keygrid([name, '--help'], cluster([]));
    expect(shown.code).toBe(0);
    expect(shown.out).toContain(`keygrid cluster ${name} [OPTIONS]`);
    expect(shown.out).toContain('--json');
  }
  const nothing = await keygrid([], cluster([]));
  expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('Missing required subcommand')]);
});
