import { codeOf, sleep } from '../talk.ts';
import type { Family } from '../walk.ts';

const second = { client_id: 'public-app' };

export const sso: Family = {
  'second client': async (talk) => {
    await talk.exchange('first', await talk.login('user20'));
    const answer = await talk.authorize('second', second);
    await talk.exchange('exchange', codeOf(answer), { client: 'public-app' });
    await talk.authorize('first again');
  },
  'prompt none': async (talk) => {
    await talk.authorize('nobody is logged in', { prompt: 'none' });
    await talk.authorize('nobody, fragment', { prompt: 'none', response_mode: 'fragment' });
    await talk.authorize('nobody, form_post', { prompt: 'none', response_mode: 'form_post' });
    await talk.login('user21');
    const answer = await talk.authorize('logged in', { prompt: 'none' });
    await talk.exchange('exchange', codeOf(answer));
    await talk.authorize('logged in, action wanted', { prompt: 'none', kc_action: 'UPDATE_PASSWORD' });
  },
  'prompt login': async (talk) => {
    const before = await talk.tokens('user22');
    await talk.authorize('page', { prompt: 'login' });
    const answer = await talk.submit('password', { username: 'user22', password: 'password' });
    await talk.exchange('exchange', codeOf(answer));
    await talk.refresh('the tokens before', before.refresh_token);
  },
  'prompt login with a hint of another': async (talk) => {
    await talk.login('user23');
    await talk.authorize('page', { prompt: 'login', login_hint: 'user24' });
    await talk.authorize('hint without prompt', { login_hint: 'user24' });
  },
  max_age: async (talk) => {
    await talk.login('user25');
    await sleep(1_100);
    await talk.authorize('too old', { max_age: '0' });
    const answer = await talk.submit('password', { username: 'user25', password: 'password' });
    await talk.exchange('exchange', codeOf(answer));
    const young = await talk.authorize('young enough', { max_age: '1000' });
    await talk.exchange('exchange of the young', codeOf(young));
    await sleep(2_100);
    await talk.authorize('older than one, no prompt', { max_age: '1', prompt: 'none' });
  },
  'a browser with foreign cookies': async (talk) => {
    await talk.login('user26');
    talk.jar.set('KEYCLOAK_IDENTITY', 'nonsense');
    await talk.authorize('nonsense identity', {});
    talk.jar.set('AUTH_SESSION_ID', 'nonsense');
    await talk.authorize('nonsense session', {});
    talk.jar.set('KC_RESTART', 'nonsense');
    await talk.authorize('nonsense restart', {});
  },
  'iframe for a session': async (talk) => {
    await talk.login('user27');
    await talk.browse('init', '/protocol/openid-connect/login-status-iframe.html/init?client_id=app&origin=http%3A%2F%2Flocalhost');
  },
};
