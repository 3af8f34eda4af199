import { app } from '../talk.ts';
import type { Family } from '../walk.ts';

const back = encodeURIComponent('http://localhost/callback');

export const logout: Family = {
  'with a hint and a way back': async (talk) => {
    const { id_token, access_token, refresh_token } = await talk.tokens('user52');
    await talk.browse('logout', `/protocol/openid-connect/logout?id_token_hint=${id_token}&post_logout_redirect_uri=${back}&state=s1`);
    await talk.refresh('refresh', refresh_token);
    await talk.userinfo('userinfo', access_token);
    await talk.introspect('introspection', access_token);
    await talk.authorize('the browser', { prompt: 'none' });
    await talk.browse(
      'logout again',
      `/protocol/openid-connect/logout?id_token_hint=${id_token}&post_logout_redirect_uri=${back}&state=s1`,
    );
  },
  'with a hint only': async (talk) => {
    const { id_token } = await talk.tokens('user53');
    await talk.browse('logout', `/protocol/openid-connect/logout?id_token_hint=${id_token}`);
  },
  'with confirmation': async (talk) => {
    const { refresh_token } = await talk.tokens('user54');
    await talk.browse('question', '/protocol/openid-connect/logout');
    await talk.submit('yes', { confirmLogout: 'Logout' });
    await talk.refresh('refresh', refresh_token);
  },
  'with confirmation and a way back': async (talk) => {
    await talk.tokens('user55');
    await talk.browse('question', `/protocol/openid-connect/logout?client_id=app&post_logout_redirect_uri=${back}&state=s2`);
    await talk.submit('yes', { confirmLogout: 'Logout' });
  },
  'of a client without a way back': async (talk) => {
    await talk.tokens('user55');
    await talk.browse('question', '/protocol/openid-connect/logout?client_id=app');
    await talk.submit('yes', { confirmLogout: 'Logout' });
  },
  refused: async (talk) => {
    const { id_token, access_token } = await talk.tokens('user56');
    const path = '/protocol/openid-connect/logout';
    await talk.browse('way back without client', `${path}?post_logout_redirect_uri=${back}`);
    await talk.browse('unknown way back', `${path}?id_token_hint=${id_token}&post_logout_redirect_uri=http%3A%2F%2Fevil.example`);
    await talk.browse('unknown client', `${path}?client_id=nobody`);
    await talk.browse('disabled client', `${path}?client_id=disabled-client`);
    await talk.browse('nonsense hint', `${path}?id_token_hint=nonsense`);
    await talk.browse('access token as hint', `${path}?id_token_hint=${access_token}`);
    await talk.browse('hint of another client', `${path}?id_token_hint=${id_token}&client_id=public-app`);
    await talk.browse('old parameter', `${path}?redirect_uri=${back}`);
    await talk.browse('initiating_idp', `${path}?initiating_idp=x`);
    await talk.browse('confirmation from nowhere', `${path}/logout-confirm`, { form: { confirmLogout: 'Logout' } });
    await talk.authorize('still logged in', { prompt: 'none' });
  },
  'nobody is logged in': async (talk) => {
    const path = '/protocol/openid-connect/logout';
    await talk.browse('plain', path);
    await talk.browse('way back', `${path}?client_id=app&post_logout_redirect_uri=${back}`);
  },
  posted: async (talk) => {
    const { id_token } = await talk.tokens('user57');
    await talk.browse('logout', '/protocol/openid-connect/logout', {
      form: { id_token_hint: id_token, post_logout_redirect_uri: 'http://localhost/callback', state: 's3' },
    });
  },
  'with a refresh token': async (talk) => {
    const { refresh_token, access_token } = await talk.tokens('user58');
    const form = { client_id: app.client, client_secret: app.secret, refresh_token };
    await talk.ask('wrong secret', 'logout', { form: { ...form, client_secret: 'wrong' } });
    await talk.ask('nonsense', 'logout', { form: { ...form, refresh_token: 'nonsense' } });
    await talk.ask('another client', 'logout', { form: { client_id: 'public-app', refresh_token } });
    await talk.ask('an access token', 'logout', { form: { ...form, refresh_token: access_token } });
    await talk.ask('logout', 'logout', { form });
    await talk.refresh('refresh', refresh_token);
    await talk.userinfo('userinfo', access_token);
    await talk.ask('logout again', 'logout', { form });
    await talk.authorize('the browser', { prompt: 'none' });
  },
};
