import { tokensOf } from '../talk.ts';
import type { Family } from '../walk.ts';

export const mappers: Family = {
  'common kinds': async (talk) => {
    const asking = { client: 'mapped', secret: 'app-secret' };
    const tokens = tokensOf(await talk.exchange('exchange', await talk.login('rich', { client_id: 'mapped' }), asking));
    await talk.userinfo('userinfo', tokens.access_token);
    await talk.refresh('refresh', tokens.refresh_token, asking);
  },
  'for a user without anything': async (talk) => {
    const asking = { client: 'mapped', secret: 'app-secret' };
    await talk.exchange('exchange', await talk.login('plain', { client_id: 'mapped' }), asking);
  },
  'full scope off': async (talk) => {
    const asking = { client: 'narrow', secret: 'app-secret' };
    await talk.exchange('user', await talk.login('rich', { client_id: 'narrow' }), asking);
    await talk.token('service account', { grant_type: 'client_credentials' }, asking);
  },
  'full scope on': async (talk) => {
    await talk.exchange('user', await talk.login('rich'));
    await talk.token('password', { grant_type: 'password', username: 'rich', password: 'password', scope: 'openid microprofile-jwt' });
  },
};
