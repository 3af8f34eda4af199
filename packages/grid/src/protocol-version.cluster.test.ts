import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from './protocol/types.ts';
import { ProcessCluster } from './testing/process-cluster.ts';

describe('a member of another protocol version', () => {
  let cluster: ProcessCluster;

  beforeAll(async () => {
    cluster = await ProcessCluster.create('versions');
    await cluster.begin('n1');
    await cluster.begin('n2');
    await cluster.settle();
  });
  afterAll(() => cluster.remove());

  it.each([
    ['the previous', PROTOCOL_VERSION - 1],
    ['the next', PROTOCOL_VERSION + 1],
  ])(
    'is kept outside and told why, while the others go on: %s',
    async (_which, version) => {
      cluster.protocolVersion = version;
      const name = `v${version}`;
      const starting = cluster.begin(name);
      starting.catch(() => undefined);
      const stranger = cluster.member(name);
      const said = (member: string): string => cluster.member(member).output.join('\n');
      await expect.poll(() => said(name)).toContain(`protocol version ${version}, version ${PROTOCOL_VERSION} is spoken here`);
      await expect
        .poll(() => `${said('n1')}${said('n2')}`)
        .toMatch(new RegExp(`protocol version ${PROTOCOL_VERSION}, version ${version} is spoken here`));
      await cluster.member('n1').ask('put', name, 'written meanwhile');
      expect(await cluster.member('n2').ask('get', name)).toBe('written meanwhile');
      const { members } = await cluster.member('n1').ask<{ members: string[] }>('state');
      expect(members.sort()).toEqual(['n1', 'n2']);
      cluster.members.delete(name);
      stranger.signal('SIGKILL');
      await stranger.exited;
    },
    60_000,
  );
});
