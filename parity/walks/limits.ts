import { CookieJar } from '../../bench/drivers/http.ts';
import type { Talk } from '../talk.ts';
import type { Family, Walk } from '../walk.ts';

const realm = 'parity-limits';
const walk = (run: Walk['run']): Walk => ({ realm, run });
const otherBrowser = (talk: Talk): void => {
  talk.jar = new CookieJar();
};

export const limits: Family = {
  'one session more': walk(async (talk) => {
    await talk.login('user0');
    await talk.authorize('single sign-on of another client', { client_id: 'second' });
    otherBrowser(talk);
    await talk.authorize('page');
    await talk.submit('refused', { username: 'user0', password: 'password' });
    await talk.admin('sessions', 'GET', await talk.userPath('user0', '/sessions'), undefined, ['clients']);
  }),
  'proved again': walk(async (talk) => {
    await talk.login('user1');
    await talk.authorize('question', { prompt: 'login' });
    await talk.submit('answer', { password: 'password' });
  }),
};
