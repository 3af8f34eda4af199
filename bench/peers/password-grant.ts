import { verify } from '@node-rs/argon2';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';

/** Users of the peer: name -> Argon2id hash, with the cost of the other servers. */
export type Users = ReadonlyMap<string, string>;

const SCOPE = 'openid offline_access';

/** The resource owner password grant, which this peer leaves to its users: it makes the session that the other operations need. */
export function addPasswordGrant(provider: Provider, users: Users): void {
  provider.registerGrantType(
    'password',
    async (ctx) => {
      const { client, params, provider: here } = ctx.oidc;
      const username = String(params?.['username'] ?? '');
      const hash = users.get(username);
      if (client === undefined || hash === undefined || !(await verify(hash, String(params?.['password'] ?? ''))))
        throw new errors.InvalidGrant('invalid user credentials');
      const grant = new here.Grant({ accountId: username, clientId: client.clientId });
      grant.addOIDCScope(SCOPE);
      const grantId = await grant.save();
      const common = { accountId: username, client, grantId, gty: 'password', scope: SCOPE };
      const access = new here.AccessToken({ ...common, claims: {} } as unknown as ConstructorParameters<typeof here.AccessToken>[0]);
      const refresh = new here.RefreshToken({ ...common, authTime: Math.floor(Date.now() / 1_000) } as unknown as ConstructorParameters<
        typeof here.RefreshToken
      >[0]);
      const id = new here.IdToken({ sub: username }, { ctx });
      ctx.body = {
        access_token: await access.save(),
        expires_in: access.expiration,
        id_token: await id.issue({ use: 'idtoken' }),
        refresh_token: await refresh.save(),
        scope: SCOPE,
        token_type: 'Bearer',
      };
    },
    ['username', 'password', 'scope'],
  );
}
