import type { Talk } from '../talk.ts';
import type { Family, Walk } from '../walk.ts';

const realm = 'parity-people';
const walk = (run: Walk['run']): Walk => ({ realm, run });

/** Goes to the page of those who forgot their password. */
async function forgot(talk: Talk, name: string): Promise<void> {
  const page = await talk.authorize(name === '' ? '' : `${name}: login page`);
  const link = /href="([^"]*reset-credentials[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  await talk.browse(name, new URL(link, talk.base).href);
}

export const links: Family = {
  'forgotten password': walk(async (talk) => {
    await forgot(talk, 'page');
    await talk.submit('nobody', { username: 'nobody' });
    await forgot(talk, '');
    await talk.submit('empty', { username: '' });
    await forgot(talk, '');
    await talk.submit('somebody, without a mail server', { username: 'user4' });
  }),
  'false links': walk(async (talk) => {
    await talk.browse('none', '/login-actions/action-token');
    await talk.browse('nonsense', '/login-actions/action-token?key=nonsense');
    await talk.browse('no signature', `/login-actions/action-token?key=${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`);
  }),
  'refused to administrators': walk(async (talk) => {
    const send = (name: string, path: string, body?: unknown) =>
      talk.userPath('user5', path).then((url) => talk.admin(name, 'PUT', url, body));
    await send('no mail server', '/send-verify-email');
    await send('unknown client', '/execute-actions-email?client_id=nobody', ['UPDATE_PASSWORD']);
    await send('address without client', '/execute-actions-email?redirect_uri=http://x', ['UPDATE_PASSWORD']);
    await send('foreign address', '/execute-actions-email?client_id=app&redirect_uri=http://x', ['UPDATE_PASSWORD']);
    await send('unknown action', '/execute-actions-email', ['NOTHING']);
  }),
};
