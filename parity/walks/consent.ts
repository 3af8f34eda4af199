import { codeOf, type Talk, tokensOf } from '../talk.ts';
import type { Family, Walk } from '../walk.ts';

const realm = 'parity-people';
const consenting = { client: 'consenting', secret: 'app-secret' };

/** Logs in as far as the question. */
async function ask(talk: Talk, user: string, scope = 'openid') {
  await talk.authorize('', { client_id: 'consenting', scope });
  return talk.submit('', { username: user, password: 'password' });
}

const walk = (run: Walk['run']): Walk => ({ realm, run });

export const consent: Family = {
  granted: walk(async (talk) => {
    await talk.follow('page', await ask(talk, 'user0', 'openid offline_access'));
    const answer = await talk.submit('yes', { accept: 'Yes' });
    const tokens = tokensOf(await talk.exchange('tokens', codeOf(answer), consenting));
    await talk.authorize('again', { client_id: 'consenting', scope: 'openid offline_access' });
    await talk.authorize('asked again', { client_id: 'consenting', prompt: 'consent' });
    await talk.refresh('refresh', tokens.refresh_token, consenting);
    await talk.admin('listed', 'GET', await talk.userPath('user0', '/consents'));
    await talk.admin('taken back', 'DELETE', await talk.userPath('user0', '/consents/consenting'));
    await talk.admin('taken back twice', 'DELETE', await talk.userPath('user0', '/consents/consenting'));
    await talk.admin('unknown client', 'DELETE', await talk.userPath('user0', '/consents/nobody'));
    await talk.refresh('refresh afterwards', tokens.refresh_token, consenting);
  }),
  refused: walk(async (talk) => {
    await talk.follow('page', await ask(talk, 'user1'));
    await talk.submit('no', { cancel: 'No' });
    await talk.authorize('afterwards', { client_id: 'consenting', prompt: 'none' });
  }),
  'of a browser that is logged in': walk(async (talk) => {
    await talk.login('user2');
    await talk.authorize('silently', { client_id: 'consenting', prompt: 'none' });
    const answer = await talk.authorize('question', { client_id: 'consenting' });
    await talk.follow('page', answer);
    await talk.submit('yes', { accept: 'Yes' });
  }),
  'offline without a question': walk(async (talk) => {
    await talk.tokens('user3', { scope: 'openid offline_access' });
    await talk.admin('listed', 'GET', await talk.userPath('user3', '/consents'));
    await talk.admin('taken back', 'DELETE', await talk.userPath('user3', '/consents/app'));
    await talk.admin('listed afterwards', 'GET', await talk.userPath('user3', '/consents'));
  }),
};
