import { tokensOf } from '../talk.ts';
import type { Family } from '../walk.ts';

const scope = { scope: 'openid offline_access' };

export const offline: Family = {
  'by code': async (talk) => {
    const tokens = tokensOf(await talk.exchange('exchange', await talk.login('user40', scope)));
    await talk.browse('', '/protocol/openid-connect/logout');
    await talk.submit('logout', {});
    const again = tokensOf(await talk.refresh('refresh after it', tokens.refresh_token));
    await talk.userinfo('userinfo', again.access_token);
    await talk.introspect('introspection', again.access_token);
    await talk.introspect('introspection of the refresh token', again.refresh_token);
    await talk.ask('revocation', 'revoke', { form: { client_id: 'app', client_secret: 'app-secret', token: again.refresh_token } });
    await talk.refresh('refresh after that', again.refresh_token);
  },
  'by password': async (talk) => {
    const form = { grant_type: 'password', username: 'user41', password: 'password' };
    const tokens = tokensOf(await talk.token('grant', { ...form, scope: 'openid offline_access' }));
    await talk.refresh('refresh', tokens.refresh_token);
    await talk.ask('logout', 'logout', { form: { client_id: 'app', client_secret: 'app-secret', refresh_token: tokens.refresh_token } });
    await talk.refresh('refresh after it', tokens.refresh_token);
  },
  'without openid': async (talk) => {
    await talk.exchange('exchange', await talk.login('user42', { scope: 'offline_access' }));
  },
  'for a service account': async (talk) => {
    await talk.token('grant', { grant_type: 'client_credentials', scope: 'openid offline_access' });
  },
  'with limits of the client': async (talk) => {
    const asking = { client: 'brief-offline', secret: 'app-secret' };
    const code = await talk.login('user43', { client_id: 'brief-offline', ...scope });
    const tokens = tokensOf(await talk.exchange('exchange', code, asking));
    await talk.refresh('refresh', tokens.refresh_token, asking);
  },
  'with a maximum of the realm': {
    realm: 'parity-remember',
    run: async (talk) => {
      const tokens = tokensOf(await talk.exchange('exchange', await talk.login('user2', scope)));
      await talk.refresh('refresh', tokens.refresh_token);
    },
  },
  'beside an online session': async (talk) => {
    const online = await talk.tokens('user44');
    const code = await talk.authorize('offline over the session', scope);
    const kept = tokensOf(await talk.exchange('exchange', new URL(code.headers.location ?? '').searchParams.get('code') ?? ''));
    await talk.ask('logout of the online one', 'logout', {
      form: { client_id: 'app', client_secret: 'app-secret', refresh_token: online.refresh_token },
    });
    await talk.refresh('online', online.refresh_token);
    await talk.refresh('offline', kept.refresh_token);
  },
};
