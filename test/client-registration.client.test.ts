import { exportJWK, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken } from '../bench/drivers/admin.ts';
import { browse, REDIRECT_URI } from './support/protocol-realm.ts';
import { startTestCluster, type TestCluster } from './support/test-cluster.ts';

const NODES = 3;
const metadata = { redirect_uris: [REDIRECT_URI], client_name: 'Self-made' };
const insecure = { execute: [client.allowInsecureRequests] };

describe('clients that register themselves with a cluster', () => {
  let cluster: TestCluster;
  const baseOf = (node: number): string => cluster.server.bases[node % NODES] ?? '';
  /** All nodes go by the name of the first one. */
  const issuer = (): URL => new URL(`${baseOf(0)}/realms/test`);
  /** Asks that node in the place of the first one, as a balancer would. */
  const through = (node: number): client.DynamicClientRegistrationRequestOptions => ({
    ...insecure,
    [client.customFetch]: (url, options) => fetch(url.replace(baseOf(0), baseOf(node)), options as RequestInit),
  });

  beforeAll(async () => {
    cluster = await startTestCluster(NODES);
  });
  afterAll(() => cluster?.stop());

  async function initialToken(count: number): Promise<string> {
    const token = await adminToken(baseOf(0));
    const answer = await fetch(`${baseOf(0)}/admin/realms/test/clients-initial-access`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ count, expiration: 3_600 }),
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { token: string }).token;
  }

  const registerAt = (node: number, initialAccessToken: string, more: Partial<client.ClientMetadata> = {}) =>
    client.dynamicClientRegistration(issuer(), { ...metadata, ...more }, undefined, { ...through(node), initialAccessToken });

  it('openid-client registers, logs a user in on another node, and manages what it registered on a third', async () => {
    const config = await registerAt(0, await initialToken(1));
    const registered = config.clientMetadata();
    expect(registered).toMatchObject({ ...metadata, token_endpoint_auth_method: 'client_secret_basic', client_secret: expect.any(String) });

    const elsewhere = await client.discovery(issuer(), registered.client_id, registered.client_secret, undefined, through(1));
    const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(elsewhere, {
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = await browse(url.href, 1);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(elsewhere, back, checks);
    expect(tokens.claims()?.aud).toBe(registered.client_id);

    const own = `${baseOf(2)}/realms/test/clients-registrations/openid-connect/${registered.client_id}`;
    const manage = (method: string, token: unknown, body?: object) =>
      fetch(own, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    const first = registered['registration_access_token'];
    const read = await manage('GET', first);
    expect([read.status, ((await read.json()) as { client_name: string }).client_name]).toEqual([200, 'Self-made']);
    const changed = await manage('PUT', first, { ...metadata, client_id: registered.client_id, client_name: 'Renamed' });
    const { client_name: name, registration_access_token: second } = (await changed.json()) as Record<string, string>;
    expect([changed.status, name]).toEqual([200, 'Renamed']);
    expect((await manage('DELETE', first)).status).toBe(401);
    expect((await manage('DELETE', second)).status).toBe(204);
    await expect(client.refreshTokenGrant(elsewhere, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('are let in by keys that they bring along', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const { kty = '', crv = '', x = '', y = '' } = await exportJWK(publicKey);
    const jwk = { kty, crv, x, y, kid: 'own', use: 'sig', alg: 'ES256' };
    const config = await registerAt(1, await initialToken(1), {
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      jwks: { keys: [jwk] },
    });
    const registered = config.clientMetadata();
    expect(registered.client_secret).toBeUndefined();
    const proof = client.PrivateKeyJwt({ key: privateKey, kid: 'own' });
    const elsewhere = await client.discovery(issuer(), registered.client_id, undefined, proof, through(2));
    const tokens = await client.clientCredentialsGrant(elsewhere);
    expect(tokens.access_token).toBeTruthy();
  });

  it('are no more than an initial access token allows, whichever nodes are asked at once', async () => {
    const token = await initialToken(5);
    const tries = await Promise.allSettled(Array.from({ length: 24 }, (_, at) => registerAt(at, token)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(registerAt(1, token)).rejects.toMatchObject({ cause: { error: 'invalid_token' } });
  });

  it('are none at all without a token: no host is trusted', async () => {
    const refused = client.dynamicClientRegistration(issuer(), metadata, undefined, insecure);
    await expect(refused).rejects.toMatchObject({ error: 'insufficient_scope', status: 403 });
  });
});
