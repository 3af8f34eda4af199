import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../testing/certificate-authority.ts';
import { type CertificateServer, certificateServer } from '../../testing/certificate-server.ts';

const BOUND = { 'tls.client.certificate.bound.access.tokens': 'true' };
const NOT_HELD = 'Client certificate missing, or its thumbprint and one in the token did NOT match';

const claimsOf = (token: unknown) =>
  JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as { cnf?: Record<string, string> };

const login = ({ call }: CertificateServer, by: IssuedCertificate | undefined) =>
  call('token', {
    by,
    form: { grant_type: 'password', client_id: 'app', client_secret: 'app-secret', username: 'alice', password: 'secret', scope: 'openid' },
  });
const refresh = ({ call }: CertificateServer, by: IssuedCertificate | undefined, token: unknown) =>
  call('token', { by, form: { grant_type: 'refresh_token', client_id: 'app', client_secret: 'app-secret', refresh_token: String(token) } });

describe('RFC 8705 section 3: certificate-bound access tokens', () => {
  it('name the certificate of the request by its SHA-256 thumbprint (section 3.1)', async () => {
    await using server = await certificateServer({ attributes: BOUND });
    const holder = await server.root.issue({ subject: 'CN=holder' });
    const { json } = await login(server, holder);
    const cnf = { 'x5t#S256': createHash('sha256').update(holder.certificate.raw).digest('base64url') };
    expect([claimsOf(json['access_token']).cnf, json['token_type'], claimsOf(json['refresh_token']).cnf]).toEqual([cnf, 'Bearer', cnf]);
  });

  it('are not issued without a certificate', async () => {
    await using server = await certificateServer({ attributes: BOUND });
    expect(await login(server, undefined)).toMatchObject({
      status: 400,
      json: { error: 'invalid_request', error_description: 'Client Certification missing for MTLS HoK Token Binding' },
    });
  });

  it('are issued for clients that want them only', async () => {
    await using server = await certificateServer({});
    const { json } = await login(server, await server.root.issue({ subject: 'CN=holder' }));
    expect(claimsOf(json['access_token']).cnf).toBeUndefined();
  });

  it('are good for their holder at userinfo, and for nobody else', async () => {
    await using server = await certificateServer({ attributes: BOUND });
    const holder = await server.root.issue({ subject: 'CN=holder' });
    const twin = await server.root.issue({ subject: 'CN=holder' });
    const token = String((await login(server, holder)).json['access_token']);
    expect((await server.call('userinfo', { by: holder, token })).status).toBe(200);
    for (const by of [twin, undefined]) {
      const answer = await server.call('userinfo', { by, token });
      expect([answer.status, answer.challenge.includes('invalid_token'), answer.challenge.includes(NOT_HELD)]).toEqual([401, true, true]);
    }
  });

  it('are told of at introspection with what they are bound to (section 3.2)', async () => {
    const audience = {
      id: 'm',
      name: 'own audience',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-audience-mapper',
      config: { 'included.client.audience': 'app', 'access.token.claim': 'true' },
    };
    await using server = await certificateServer({ attributes: BOUND, protocolMappers: [audience] });
    const holder = await server.root.issue({ subject: 'CN=holder' });
    const token = String((await login(server, holder)).json['access_token']);
    const form = { client_id: 'app', client_secret: 'app-secret', token };
    const { json } = await server.call('token/introspect', { form });
    expect(json).toMatchObject({ active: true, cnf: claimsOf(token).cnf });
  });

  it('are refreshed by their holder, and by nobody else (section 4)', async () => {
    for (const publicClient of [false, true]) {
      await using server = await certificateServer({ attributes: BOUND, publicClient });
      const holder = await server.root.issue({ subject: 'CN=holder' });
      const thief = await server.root.issue({ subject: 'CN=thief' });
      const token = (await login(server, holder)).json['refresh_token'];
      expect((await refresh(server, holder, token)).status).toBe(200);
      const refused = await refresh(server, thief, token);
      expect([refused.status, refused.json['error_description']]).toEqual([401, NOT_HELD]);
      expect((await refresh(server, undefined, token)).status).toBe(401);
    }
  });

  it('are not made from a refresh token that was bound to nobody', async () => {
    await using server = await certificateServer({});
    const token = (await login(server, undefined)).json['refresh_token'];
    const [client] = server.context.state.data.clients;
    if (client === undefined) throw new Error('no client');
    server.context.state.data.clients[0] = { ...client, attributes: BOUND };
    const refused = await refresh(server, await server.root.issue({ subject: 'CN=holder' }), token);
    expect([refused.status, refused.json['error_description']]).toEqual([401, NOT_HELD]);
  });
});
