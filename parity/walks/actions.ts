import { codeOf } from '../talk.ts';
import type { Family } from '../walk.ts';

const fresh = { 'password-new': 'another password', 'password-confirm': 'another password' };

export const actions: Family = {
  'required action UPDATE_PASSWORD': async (talk) => {
    await talk.authorize('page');
    const answer = await talk.submit('password', { username: 'required0', password: 'password' });
    await talk.follow('action page', answer);
    await talk.submit('nothing', {});
    await talk.submit('not the same', { ...fresh, 'password-confirm': 'other' });
    const done = await talk.submit('new password', fresh);
    await talk.exchange('exchange', codeOf(done));
    await talk.token('old password', { grant_type: 'password', username: 'required0', password: 'password' });
    await talk.token('new password by grant', { grant_type: 'password', username: 'required0', password: 'another password' });
  },
  'a required action and the password grant': async (talk) => {
    await talk.token('grant', { grant_type: 'password', username: 'required1', password: 'password' });
  },
  'required action, logging out the other sessions': async (talk) => {
    const other = await talk.tokens('changing1');
    await talk.authorize('', { kc_action: 'UPDATE_PASSWORD', prompt: 'login' });
    const answer = await talk.submit('password', { username: 'changing1', password: 'password' });
    await talk.follow('action page', answer);
    await talk.submit('new password', { ...fresh, 'logout-sessions': 'on' });
    await talk.refresh('the other session', other.refresh_token);
  },
  'kc_action=UPDATE_PASSWORD': async (talk) => {
    await talk.login('changing0');
    const answer = await talk.authorize('request', { kc_action: 'UPDATE_PASSWORD' });
    if (answer.status === 302) await talk.follow('action page', answer);
    await talk.submit('new password', fresh);
  },
  'kc_action cancelled': async (talk) => {
    await talk.login('changing2');
    const answer = await talk.authorize('request', { kc_action: 'UPDATE_PASSWORD' });
    if (answer.status === 302) await talk.follow('action page', answer);
    await talk.submit('cancel', { 'cancel-aia': 'true' });
  },
  'kc_action that is unknown': async (talk) => {
    await talk.login('user18');
    await talk.authorize('request', { kc_action: 'NOTHING' });
  },
  'password policy': {
    realm: 'parity-strict',
    run: async (talk) => {
      await talk.authorize('page');
      const answer = await talk.submit('password', { username: 'required', password: 'password' });
      await talk.follow('action page', answer);
      await talk.submit('too short', { 'password-new': 'short', 'password-confirm': 'short' });
      await talk.submit('no digit', { 'password-new': 'longenough', 'password-confirm': 'longenough' });
      await talk.submit('good', { 'password-new': 'longenough1', 'password-confirm': 'longenough1' });
    },
  },
};
