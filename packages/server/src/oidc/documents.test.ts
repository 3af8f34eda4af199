import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { realmKeyFixture } from '../testing/fixtures.ts';
import { ISSUER, tokenWorld } from '../testing/token-world.ts';

describe('the discovery document', () => {
  it('names the endpoints under the issuer, for everybody', async () => {
    const world = await tokenWorld();
    const answer = await world.get('.well-known/openid-configuration', { origin: 'https://anyone.example' });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-cache, must-revalidate, no-transform, no-store',
      'access-control-allow-origin': 'https://anyone.example',
      'content-type': 'application/json',
    });
    expect(answer.json).toMatchObject({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/protocol/openid-connect/auth`,
      token_endpoint: `${ISSUER}/protocol/openid-connect/token`,
      jwks_uri: `${ISSUER}/protocol/openid-connect/certs`,
      grant_types_supported: [
        'authorization_code',
        'client_credentials',
        'password',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:ietf:params:oauth:grant-type:uma-ticket',
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'implicit',
      ],
      code_challenge_methods_supported: ['plain', 'S256'],
    });
    expect(answer.json.scopes_supported).toContain('offline_access');
  });

  it('follows the name under which it is asked', async () => {
    const world = await tokenWorld();
    const answer = await world.get('.well-known/openid-configuration', { host: 'id.example:8443' });
    expect(answer.json.issuer).toBe('http://id.example:8443/realms/test');
  });
});

describe('certs', () => {
  it('shows every enabled public key and nothing secret', async () => {
    const world = await tokenWorld();
    const keys = world.context.state.data.keys.get(world.realm.id) ?? [];
    keys.push(realmKeyFixture('RS512', { status: 'DISABLED' }), realmKeyFixture('RS384', { status: 'PASSIVE', priority: 1 }));
    const { json, text } = await world.get('protocol/openid-connect/certs');
    expect(json.keys.map((key) => key.alg).sort()).toEqual(['ES256', 'EdDSA', 'PS256', 'RS256', 'RS384']);
    for (const key of json.keys) {
      expect(key.use).toBe('sig');
      for (const member of ['d', 'p', 'q', 'k', 'dp', 'dq', 'qi']) expect(key).not.toHaveProperty(member);
    }
    expect(text).not.toContain('HS512');
  });

  it('carries the certificate with both thumbprints', async () => {
    const world = await tokenWorld();
    const certificate = Buffer.from('a certificate, as far as this endpoint is concerned');
    world.context.state.data.keys.set(world.realm.id, [realmKeyFixture('RS256', { certificate, kid: 'with-certificate' })]);
    const [key] = (await world.get('protocol/openid-connect/certs')).json.keys;
    expect(Object.keys(key ?? {})).toEqual(['kid', 'kty', 'alg', 'use', 'x5c', 'x5t', 'x5t#S256', 'n', 'e']);
    expect(key?.x5c).toEqual([certificate.toString('base64')]);
    expect(key?.['x5t#S256']).toBe(createHash('sha256').update(certificate).digest('base64url'));
  });
});

describe('the realm', () => {
  it('tells its name, key and addresses', async () => {
    const world = await tokenWorld();
    const answer = await world.app.inject({ url: '/realms/test', headers: { host: 'localhost' } });
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(answer.json()).toMatchObject({
      realm: 'test',
      'token-service': `${ISSUER}/protocol/openid-connect`,
      'account-service': `${ISSUER}/account`,
      'tokens-not-before': 0,
    });
    expect(answer.json().public_key).toMatch(/^MII/);
  });

  it('is not there where it does not exist', async () => {
    const world = await tokenWorld();
    for (const path of ['', '/.well-known/openid-configuration', '/protocol/openid-connect/certs', '/protocol/openid-connect/userinfo']) {
      const answer = await world.app.inject({ url: `/realms/nope${path}` });
      expect([answer.statusCode, answer.json()]).toEqual([404, { error: 'Realm does not exist' }]);
    }
  });
});
