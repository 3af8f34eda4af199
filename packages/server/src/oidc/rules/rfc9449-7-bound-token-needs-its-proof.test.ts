import { describe, expect, it } from 'vitest';
import { type LoginServer, loginServer } from '../../testing/login-server.ts';
import { type ProofKey, type ProofParts, proof, proofKey } from '../../testing/proofs.ts';
import { postForm } from '../../testing/protocol-forms.ts';

const USERINFO = '/realms/test/protocol/openid-connect/userinfo';
const password = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };

async function tokenOf(server: LoginServer, key: ProofKey | undefined): Promise<string> {
  const nowSeconds = server.context.clock.nowSeconds();
  const headers = key === undefined ? {} : { dpop: await proof(key, { nowSeconds }) };
  return (await postForm(server, 'protocol/openid-connect/token', password, headers)).json().access_token;
}

function show(server: LoginServer, authorization: string, dpop?: string) {
  const headers = { host: 'login.test', authorization, ...(dpop === undefined ? {} : { dpop }) };
  return server.app.inject({ method: 'GET', url: USERINFO, headers });
}

const get = (server: LoginServer, accessToken: string): ProofParts => ({
  method: 'GET',
  url: `http://login.test${USERINFO}`,
  accessToken,
  nowSeconds: server.context.clock.nowSeconds(),
});

describe('RFC 9449 section 7: a token that is bound to a key is shown with a proof of it', () => {
  it('and then is good', async () => {
    const server = await loginServer();
    const key = await proofKey();
    const token = await tokenOf(server, key);
    expect((await show(server, `DPoP ${token}`, await proof(key, get(server, token)))).statusCode).toBe(200);
    expect((await show(server, `dpop ${token}`, await proof(key, get(server, token)))).statusCode).toBe(200);
  });

  it.each<[string, (token: string, key: ProofKey, server: LoginServer) => Promise<[string, string?]>]>([
    ['as a bearer token', async (token) => [`Bearer ${token}`]],
    ['as a bearer token, with a proof', async (token, key, server) => [`Bearer ${token}`, await proof(key, get(server, token))]],
    ['without a proof', async (token) => [`DPoP ${token}`]],
    ['with a proof of another key', async (token, _key, server) => [`DPoP ${token}`, await proof(await proofKey(), get(server, token))]],
    [
      'with a proof that names no token',
      async (token, key, server) => [`DPoP ${token}`, await proof(key, { ...get(server, token), claims: { ath: undefined } })],
    ],
    ['with a proof for another token', async (token, key, server) => [`DPoP ${token}`, await proof(key, get(server, `${token}x`))]],
    [
      'with a proof for another method',
      async (token, key, server) => [`DPoP ${token}`, await proof(key, { ...get(server, token), method: 'POST' })],
    ],
    [
      'with a proof for another address',
      async (token, key, server) => [`DPoP ${token}`, await proof(key, { ...get(server, token), url: `http://login.test${USERINFO}/x` })],
    ],
  ])('and is refused %s', async (_fault, present) => {
    const server = await loginServer();
    const key = await proofKey();
    const token = await tokenOf(server, key);
    const [authorization, text] = await present(token, key, server);
    const answer = await show(server, authorization, text);
    expect(answer.statusCode).toBe(401);
    const challenge = String(answer.headers['www-authenticate']);
    expect(challenge).toContain('error="invalid_token", error_description="Token verification failed"');
    expect(challenge.startsWith(authorization.startsWith('DPoP') ? 'DPoP algs="' : 'Bearer realm="test"')).toBe(true);
  });

  it('and a proof makes no bearer token good as something else', async () => {
    const server = await loginServer();
    const token = await tokenOf(server, undefined);
    expect((await show(server, `DPoP ${token}`, await proof(await proofKey(), get(server, token)))).statusCode).toBe(401);
  });

  it('and is not taken from a form, where it would come without one', async () => {
    const server = await loginServer();
    const token = await tokenOf(server, await proofKey());
    const answer = await postForm(server, 'protocol/openid-connect/userinfo', { access_token: token });
    expect(answer.statusCode).toBe(401);
  });

  it('and introspection says which key', async () => {
    const server = await loginServer();
    const { data } = server.context.state;
    data.clients.push({ ...server.other, id: 'asking', clientId: 'asking', publicClient: false, secret: 'asking-secret' });
    const mapper = {
      id: 'm',
      name: 'audience',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-audience-mapper',
      config: { 'included.client.audience': 'asking', 'access.token.claim': 'true' },
    };
    data.clients[0] = { ...server.client, protocolMappers: [mapper] };
    const key = await proofKey();
    const form = { client_id: 'asking', client_secret: 'asking-secret', token: await tokenOf(server, key) };
    expect((await postForm(server, 'protocol/openid-connect/token/introspect', form)).json()).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: key.thumbprint },
    });
  });
});
