import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

const ROUNDS = 200;

describe('an authorization code raced on two nodes', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster(3);
  });
  afterAll(() => cluster?.stop());

  it(`is exchanged exactly once in ${ROUNDS} rounds, and the losing try ends the winner's tokens`, async () => {
    const [first = '', second = '', third = ''] = cluster.server.bases;
    const login = new LoginWalk(walker(1));
    await login.login(first, second, third);
    for (let round = 0; round < ROUNDS; round += 1) {
      await login.sso(third);
      const answers: Answer[] = await Promise.all([login.exchangeCode(first), login.exchangeCode(second)]);
      const winners = answers.filter((answer) => answer.status === 200);
      const losers = answers.filter((answer) => answer.status !== 200);
      expect(winners).toHaveLength(1);
      expect(losers.map((answer) => [answer.status, JSON.parse(answer.text)])).toEqual([
        [400, { error: 'invalid_grant', error_description: 'Code not valid' }],
      ]);
      if (round % 20 === 0) {
        const { refresh_token: refreshToken } = JSON.parse(winners[0]?.text ?? '{}') as { refresh_token: string };
        await expect(login.refresh(third, refreshToken)).rejects.toThrow(/Session doesn't have required client/);
      }
    }
  });
});
