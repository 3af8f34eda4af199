import { CookieJar } from '../../bench/drivers/http.ts';
import { codeOf } from '../talk.ts';
import type { Family } from '../walk.ts';

const right = { username: 'user10', password: 'password', credentialId: '' };

export const login: Family = {
  'wrong credentials': async (talk) => {
    await talk.authorize('page');
    await talk.submit('wrong password', { ...right, password: 'wrong' });
    await talk.submit('unknown user', { ...right, username: 'nobody' });
    await talk.submit('nothing', {});
    await talk.submit('empty password', { ...right, password: '' });
    await talk.submit('disabled user', { ...right, username: 'disabled' });
    await talk.submit('disabled user, wrong password', { ...right, username: 'disabled', password: 'wrong' });
    await talk.submit('by e-mail in capitals', { ...right, username: 'USER10@EXAMPLE.ORG' });
  },
  'remember me': async (talk) => {
    await talk.authorize('page');
    await talk.submit('wrong password, remembered', { ...right, password: 'wrong', rememberMe: 'on' });
    const answer = await talk.submit('password', { ...right, username: 'user11', rememberMe: 'on' });
    await talk.exchange('exchange', codeOf(answer));
    await talk.authorize('again', { prompt: 'login' });
  },
  'remember me, forgotten again': async (talk) => {
    await talk.login('user12', {}, { rememberMe: 'on' });
    await talk.browse('', '/protocol/openid-connect/logout');
    await talk.submit('logout', {});
    await talk.authorize('page');
    await talk.submit('password', { ...right, username: 'user12' });
  },
  'remember me with lifetimes of its own': {
    realm: 'parity-remember',
    run: async (talk) => {
      await talk.exchange('remembered', await talk.login('user0', {}, { rememberMe: 'on' }));
      talk.jar = new CookieJar();
      await talk.exchange('not remembered', await talk.login('user1'));
    },
  },
  'locked for a time': {
    realm: 'parity-guarded',
    run: async (talk) => {
      await talk.authorize('page');
      for (const name of ['first', 'second', 'third']) await talk.submit(name, { username: 'user0', password: 'wrong' });
      await talk.submit('right password', { username: 'user0', password: 'password' });
      await talk.token('password grant', { grant_type: 'password', username: 'user0', password: 'password' });
    },
  },
  'locked for good': {
    realm: 'parity-permanent',
    run: async (talk) => {
      await talk.authorize('page');
      for (const name of ['first', 'second', 'third']) await talk.submit(name, { username: 'user0', password: 'wrong' });
      await talk.submit('right password', { username: 'user0', password: 'password' });
      await talk.token('password grant', { grant_type: 'password', username: 'user0', password: 'password' });
    },
  },
  'by e-mail where that is off': {
    realm: 'parity-strict',
    run: async (talk) => {
      await talk.authorize('page');
      await talk.submit('e-mail', { username: 'user0@example.org', password: 'password' });
      await talk.submit('name', { username: 'user0', password: 'password' });
    },
  },
  'a form twice': async (talk) => {
    await talk.authorize('page');
    const answer = await talk.submit('first', { ...right, username: 'user13' });
    await talk.submit('second', { ...right, username: 'user13' });
    await talk.exchange('exchange', codeOf(answer));
    await talk.submit('third', { ...right, username: 'user13' });
  },
  'without cookies': async (talk) => {
    await talk.authorize('page');
    talk.jar = new CookieJar();
    const answer = await talk.submit('password', { ...right, username: 'user14' });
    if (answer.status === 302) await talk.follow('followed', answer);
  },
  'refreshed pages': async (talk) => {
    const page = await talk.authorize('page');
    const action = /action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    await talk.browse('action by GET', action);
    const url = new URL(action);
    url.searchParams.delete('session_code');
    await talk.browse('without session code', url.href);
    url.searchParams.set('tab_id', 'nothing');
    await talk.browse('unknown tab', url.href);
    await talk.browse('wrong session code', action.replace(/session_code=[^&]+/, 'session_code=nonsense'));
    await talk.browse('wrong execution', action.replace(/execution=[^&]+/, 'execution=nonsense'));
    const restart = new URL(action);
    restart.pathname = restart.pathname.replace(/authenticate$/, 'restart');
    for (const name of ['session_code', 'execution']) restart.searchParams.delete(name);
    const restarted = await talk.browse('restart', restart.href);
    if (restarted.status === 302) await talk.follow('restarted', restarted);
  },
  'two tabs': async (talk) => {
    const first = await talk.authorize('first tab');
    await talk.authorize('second tab');
    await talk.submit('second tab, password', { ...right, username: 'user15' });
    const action = /action="([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const answer = await talk.browse('first tab, password', action, { form: { ...right, username: 'user15' } });
    if (answer.status === 302 && answer.headers.location?.startsWith(talk.base)) await talk.follow('first tab, followed', answer);
  },
  'somebody else over a session': async (talk) => {
    await talk.login('user16');
    await talk.authorize('page', { prompt: 'login' });
    await talk.submit('the same user', { ...right, username: 'user16' });
    await talk.authorize('page again', { prompt: 'login' });
    await talk.submit('another user', { ...right, username: 'user17' });
  },
};
