import { tokensOf } from '../talk.ts';
import type { Family } from '../walk.ts';

export const refresh: Family = {
  plain: async (talk) => {
    const first = await talk.tokens('user34', { scope: 'openid address' });
    const second = tokensOf(await talk.refresh('first', first.refresh_token));
    await talk.refresh('the old one again', first.refresh_token);
    await talk.refresh('the new one', second.refresh_token);
    await talk.refresh('fewer scopes', second.refresh_token, undefined, { scope: 'openid email' });
    await talk.refresh('more scopes', second.refresh_token, undefined, { scope: 'openid phone' });
    await talk.refresh('unknown scope', second.refresh_token, undefined, { scope: 'nonsense' });
  },
  refused: async (talk) => {
    const tokens = await talk.tokens('user35');
    await talk.token('nothing', { grant_type: 'refresh_token' });
    await talk.refresh('nonsense', 'nonsense');
    await talk.refresh('an access token', tokens.access_token);
    await talk.refresh('an ID token', tokens.id_token);
    await talk.refresh('another client', tokens.refresh_token, { client: 'public-app' });
    await talk.refresh('wrong secret', tokens.refresh_token, { client: 'app', secret: 'wrong' });
    await talk.refresh('still good', tokens.refresh_token);
  },
  'public client': async (talk) => {
    const asking = { client: 'public-app' };
    const tokens = await talk.tokens('user36', {}, asking);
    await talk.refresh('refresh', tokens.refresh_token, asking);
  },
  'password grant': async (talk) => {
    const tokens = tokensOf(await talk.token('', { grant_type: 'password', username: 'user37', password: 'password' }));
    await talk.refresh('refresh', tokens.refresh_token);
  },
  'with limits of the client': async (talk) => {
    const asking = { client: 'brief', secret: 'app-secret' };
    const tokens = await talk.tokens('user38', {}, asking);
    await talk.refresh('refresh', tokens.refresh_token, asking);
  },
  'not before, of the client': async (talk) => {
    const asking = { client: 'stale', secret: 'app-secret' };
    const tokens = tokensOf(await talk.exchange('exchange', await talk.login('user39', { client_id: 'stale' }), asking));
    await talk.refresh('refresh', tokens.refresh_token, asking);
    await talk.userinfo('userinfo', tokens.access_token);
    await talk.introspect('introspection', tokens.access_token, asking);
    await talk.introspect('introspection of the refresh token', tokens.refresh_token, asking);
  },
  rotation: {
    realm: 'parity-rotation',
    run: async (talk) => {
      const first = await talk.tokens('user0');
      const second = tokensOf(await talk.refresh('first', first.refresh_token));
      await talk.refresh('the old one again', first.refresh_token);
      await talk.refresh('the successor', second.refresh_token);
      await talk.userinfo('userinfo', second.access_token);
      await talk.authorize('the browser');
    },
  },
  'rotation with one reuse': {
    realm: 'parity-reuse',
    run: async (talk) => {
      const first = await talk.tokens('user0');
      const second = tokensOf(await talk.refresh('first', first.refresh_token));
      await talk.refresh('the old one again', first.refresh_token);
      await talk.refresh('the old one a third time', first.refresh_token);
      await talk.refresh('the successor', second.refresh_token);
    },
  },
  'rotation of offline tokens': {
    realm: 'parity-rotation',
    run: async (talk) => {
      const first = await talk.tokens('user1', { scope: 'openid offline_access' });
      const second = tokensOf(await talk.refresh('first', first.refresh_token));
      await talk.refresh('the old one again', first.refresh_token);
      await talk.refresh('the successor', second.refresh_token);
    },
  },
};
