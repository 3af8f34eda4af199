import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../bench/drivers/http.ts';
import { type Brokering, openBrokering, payloadOf } from '../support/brokering.ts';
import { type TestCluster, until } from '../support/test-cluster.ts';

const TYPE = 'urn:ietf:params:oauth:token-type:';
type Body = Record<string, string>;

/** Exchange of tokens for those that a provider gave. @param cluster a node with the feature token-exchange and the realm */
export function exchangedTokens(cluster: () => TestCluster, realm: string): void {
  describe('tokens of a provider, for applications', () => {
    let world: Brokering;
    beforeAll(async () => {
      world = await openBrokering(cluster(), realm);
      await world.set({ storeToken: true, addReadTokenRoleOnCreate: true });
    });

    async function exchange(subject: string, more: Body = {}): Promise<[number, Body]> {
      const form = {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        client_id: 'app',
        client_secret: 'app-secret',
        subject_token: subject,
        subject_token_type: `${TYPE}access_token`,
        requested_issuer: 'up',
        ...more,
      };
      const answer = await call(`${world.here}/protocol/openid-connect/token`, { form });
      return [answer.status, JSON.parse(answer.text) as Body];
    }
    const tokenOf = async (user: string) => (await world.tokensOf(await world.login(user))).access_token;
    /** How long access tokens of the provider live. */
    const live = (seconds: number) => world.upstream('PUT', '', { accessTokenLifespan: seconds });

    it('are given for a token of this server, without the rest of what the provider said', async () => {
      const [status, body] = await exchange(await tokenOf('user4'));
      expect(status).toBe(200);
      expect(Object.keys(body).sort()).toEqual(
        ['access_token', 'account-link-url', 'expires_in', 'issued_token_type', 'refresh_expires_in', 'scope', 'token_type'].sort(),
      );
      expect(payloadOf(body['access_token'] ?? '')).toMatchObject({ iss: world.outside, preferred_username: 'user4' });
      expect(body).toMatchObject({ issued_token_type: `${TYPE}access_token`, refresh_expires_in: 0 });
      expect(body['account-link-url']).toMatch(/\/broker\/up\/link\?nonce=[\w-]+&hash=[\w-]+&client_id=app$/);
    });

    it('are given to nobody else, and no others', async () => {
      const token = await tokenOf('user4');
      const refusals: [Body, number, Body][] = [
        [{ requested_issuer: 'none' }, 400, { error: 'invalid_request', error_description: 'Invalid issuer' }],
        [
          { requested_token_type: `${TYPE}refresh_token` },
          400,
          { error: 'invalid_target', error_description: 'response_token_type_unsupported' },
        ],
        [{ subject_token: `${token}x` }, 400, { error: 'invalid_request', error_description: 'Invalid token' }],
        [{ client_id: 'second-app', client_secret: 'second-app-secret' }, 400, { error: 'invalid_client' }],
      ];
      for (const [change, status, body] of refusals)
        expect([change, await exchange(token, change)]).toEqual([change, [status, expect.objectContaining(body)]]);
      const { access_token: mine } = await world.tokensOf(await world.loginHere('user1'));
      expect(await exchange(mine)).toEqual([403, { error: 'access_denied', error_description: 'Client not allowed to exchange' }]);
      await world.set({ addReadTokenRoleOnCreate: true });
      expect(await exchange(token)).toMatchObject([400, { error: 'not_linked', 'account-link-url': expect.any(String) as unknown }]);
      await world.set({ storeToken: true, addReadTokenRoleOnCreate: true });
    });

    it('are renewed at the provider when they are over, until it gives none any more', async () => {
      await live(2);
      try {
        const token = await tokenOf('user4');
        const [, first] = await exchange(token);
        await until('another token', async () => {
          const [status, body] = await exchange(token);
          expect(status).toBe(200);
          return body['access_token'] !== first['access_token'];
        });
        // A provider that does not take the refresh token any more.
        await world.set({ storeToken: true }, { clientSecret: 'another' });
        let last: [number, Body] = [200, {}];
        await until('no token', async () => {
          last = await exchange(token);
          return last[0] !== 200;
        });
        expect(last).toMatchObject([400, { error: 'token_expired', error_description: 'linked token is expired' }]);
        expect(await exchange(token)).toMatchObject([400, { error: 'not_linked', error_description: 'identity provider is not linked' }]);
      } finally {
        await live(300);
      }
    });
  });
}
