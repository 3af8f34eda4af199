import { tokensOf } from '../talk.ts';
import type { Family } from '../walk.ts';

export const algorithms: Family = {
  ...Object.fromEntries(
    ['rs512', 'es256', 'ps256', 'eddsa', 'hs256'].map((client) => [
      client,
      async (talk) => {
        const asking = { client, secret: 'app-secret' };
        const tokens = tokensOf(await talk.exchange('exchange', await talk.login('user0', { client_id: client }), asking));
        await talk.userinfo('userinfo', tokens.access_token);
        await talk.introspect('introspection', tokens.access_token, asking);
        await talk.refresh('refresh', tokens.refresh_token, asking);
        await talk.token('service account', { grant_type: 'client_credentials' }, asking);
        await talk.browse('logout', `/protocol/openid-connect/logout?id_token_hint=${tokens.id_token}`);
      },
    ]),
  ),
};
