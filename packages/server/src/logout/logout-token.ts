import { randomUUID } from 'node:crypto';
import type { Client, Realm, UserSession } from '../model/index.ts';
import type { Claims, Tokens } from '../token/contracts.ts';

const BACKCHANNEL_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const REVOKE_OFFLINE_EVENT = 'revoke_offline_access';
const LIFESPAN_SECONDS = 120;

/** A logout token for one client (OpenID Connect Back-Channel Logout 1.0 section 2.4), signed as the client's id tokens are. */
export async function logoutToken(
  tokens: Pick<Tokens, 'sign'>,
  realm: Realm,
  client: Client,
  session: UserSession,
  issuer: string,
  nowSeconds: number,
): Promise<string> {
  const { attributes } = client;
  const claims: Claims = {
    exp: nowSeconds + LIFESPAN_SECONDS,
    iat: nowSeconds,
    jti: randomUUID(),
    iss: issuer,
    aud: client.clientId,
    sub: session.userId,
    typ: 'Logout',
    ...(attributes['backchannel.logout.session.required'] === 'true' ? { sid: session.id } : {}),
    events: {
      [BACKCHANNEL_EVENT]: {},
      ...(attributes['backchannel.logout.revoke.offline.tokens'] === 'true' ? { [REVOKE_OFFLINE_EVENT]: true } : {}),
    },
  };
  const algorithm = attributes['id.token.signed.response.alg'] || realm.defaultSignatureAlgorithm;
  return tokens.sign(realm, algorithm, claims, 'logout+jwt');
}
