import { sleep, tokensOf } from '../talk.ts';
import type { Family } from '../walk.ts';

export const expiry: Family = {
  'the maximum of a session': {
    realm: 'parity-short',
    run: async (talk) => {
      const tokens = tokensOf(await talk.exchange('exchange', await talk.login('user0')));
      await talk.introspect('introspection at once', tokens.access_token);
      await sleep(4_200);
      await talk.refresh('refresh', tokens.refresh_token);
      await talk.userinfo('userinfo', tokens.access_token);
      await talk.introspect('introspection', tokens.access_token);
      await talk.introspect('introspection of the refresh token', tokens.refresh_token);
      await talk.authorize('the browser', { prompt: 'none' });
    },
  },
  'a code that is too old': {
    realm: 'parity-codes',
    run: async (talk) => {
      const code = await talk.login('user1');
      await sleep(2_200);
      await talk.exchange('exchange', code);
    },
  },
  'the idle time of a session': {
    realm: 'parity-idle',
    run: async (talk) => {
      const tokens = tokensOf(await talk.exchange('exchange', await talk.login('user0')));
      await sleep(3_200);
      await talk.refresh('refresh', tokens.refresh_token);
      await talk.userinfo('userinfo', tokens.access_token);
      await talk.introspect('introspection of the refresh token', tokens.refresh_token);
      await talk.authorize('the browser', { prompt: 'none' });
    },
  },
  'an access token that is too old': {
    realm: 'parity-tokens',
    run: async (talk) => {
      const tokens = tokensOf(await talk.exchange('exchange', await talk.login('user0')));
      await sleep(2_200);
      await talk.userinfo('userinfo', tokens.access_token);
      await talk.introspect('introspection', tokens.access_token);
      await talk.ask('revocation', 'revoke', { form: { client_id: 'app', client_secret: 'app-secret', token: tokens.access_token } });
      await talk.refresh('refresh', tokens.refresh_token);
    },
  },
  'a login that takes too long': {
    realm: 'parity-tokens',
    run: async (talk) => {
      await talk.authorize('page');
      await sleep(3_200);
      const answer = await talk.submit('password', { username: 'user1', password: 'password' });
      if (answer.status === 302 && answer.headers.location?.startsWith(talk.base) === true) await talk.follow('followed', answer);
    },
  },
};
