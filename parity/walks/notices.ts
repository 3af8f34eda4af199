import type { Family, Walk } from '../walk.ts';

const realm = 'parity-people';
const walk = (run: Walk['run']): Walk => ({ realm, run });
const back = encodeURIComponent('http://localhost/callback');

export const notices: Family = {
  'in the browser': walk(async (talk) => {
    const { id_token } = await talk.tokens('user7', {}, { client: 'front', secret: 'app-secret' });
    await talk.browse('logout', `/protocol/openid-connect/logout?id_token_hint=${id_token}&post_logout_redirect_uri=${back}&state=s1`);
    await talk.authorize('afterwards', { prompt: 'none' });
  }),
  'in the browser, without a way back': walk(async (talk) => {
    const { id_token } = await talk.tokens('user8', {}, { client: 'front', secret: 'app-secret' });
    await talk.browse('logout', `/protocol/openid-connect/logout?id_token_hint=${id_token}`);
  }),
  'to admin URLs that nobody answers': walk(async (talk) => {
    await talk.admin('of a client', 'POST', `/clients/${await talk.clientId('told')}/push-revocation`);
    await talk.admin('of a client without', 'POST', `/clients/${await talk.clientId('app')}/push-revocation`);
    await talk.admin('of the realm', 'POST', '/push-revocation');
  }),
};
