import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { benchRealm } from '../bench/servers/server.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

describe('refresh tokens that are raced on three nodes', () => {
  let cluster: TestCluster;
  const base = (index: number): string => cluster.server.bases[index % 3] as string;

  beforeAll(async () => {
    const realms = [
      { ...benchRealm('test', 4), revokeRefreshToken: true, refreshTokenMaxReuse: 0 },
      { ...benchRealm('thrice', 4), revokeRefreshToken: true, refreshTokenMaxReuse: 2 },
    ];
    cluster = await startTestCluster(3, { realms });
  });
  afterAll(() => cluster?.stop());

  function refresh(index: number, realm: string, refreshToken: string): Promise<Answer> {
    return call(`${base(index)}/realms/${realm}/protocol/openid-connect/token`, {
      form: { grant_type: 'refresh_token', client_id: 'app', client_secret: 'app-secret', refresh_token: refreshToken },
    });
  }

  const tokenOf = (answer: Answer) => (JSON.parse(answer.text) as { refresh_token: string }).refresh_token;
  const descriptionOf = (answer: Answer) => (JSON.parse(answer.text) as { error_description: string }).error_description;

  it('are good once: one of twelve wins, and the reuse takes the winner’s successor along', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { refresh_token } = await new LoginWalk(walker(round)).login(base(0), base(1), base(2));
      const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => refresh(index, 'test', refresh_token)));
      const [winner, ...others] = answers.filter(({ status }) => status === 200);
      expect([winner?.status, others]).toEqual([200, []]);
      const refused = new Set(answers.filter((answer) => answer !== winner).map(descriptionOf));
      expect(refused.has('Maximum allowed refresh token reuse exceeded')).toBe(true);
      expect((await refresh(round, 'test', tokenOf(winner as Answer))).status).toBe(400);
    }
  });

  it('are good as often as the realm says, and not once more', async () => {
    const settings = { ...walker(3), realm: 'thrice' };
    const { refresh_token } = await new LoginWalk(settings).login(base(0), base(1), base(2));
    const first = await Promise.all([0, 1, 2].map((index) => refresh(index, 'thrice', refresh_token)));
    expect(first.map(({ status }) => status)).toEqual([200, 200, 200]);
    const next = await refresh(1, 'thrice', tokenOf(first[0] as Answer));
    expect(next.status).toBe(200);
    const stale = await refresh(2, 'thrice', refresh_token);
    expect([stale.status, descriptionOf(stale)]).toEqual([400, 'Stale token']);
  });

  it('go on, one after the other, over all nodes', async () => {
    let { refresh_token } = await new LoginWalk({ ...walker(0), realm: 'thrice' }).login(base(0));
    for (let index = 0; index < 9; index += 1) {
      const answer = await refresh(index, 'thrice', refresh_token);
      expect(answer.status).toBe(200);
      refresh_token = tokenOf(answer);
    }
  });
});
