import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { benchRealm } from '../bench/servers/server.ts';
import { type ClientKeys, clientKeys } from './support/protocol-realm.ts';
import { startTestCluster, type TestCluster, until } from './support/test-cluster.ts';

const KEY_CLIENTS = 4;
const RESOURCES = 6;
const bounds = { keys: 2, authorization: 3 } as const;
/** More than the one change that an invalidation on its way could make seen. */
const ROUNDS = 2;
const UMA = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const option = (cache: string): string => `--spi-cache-embedded--default--${cache}-lifespan`;

/** The bound of the cache `crl` stands in certificate-login.cluster.test.ts, where lists are. */
describe('what options say of the caches of one node is what it does', () => {
  /** Its caches are bounded; those of the other one forget after a second. */
  const bounded = 0;
  const forgetful = 1;
  let cluster: TestCluster;
  let keys: ClientKeys;
  const base = (node: number): string => cluster.server.bases[node] ?? '';

  beforeAll(async () => {
    keys = await clientKeys();
    const realm = benchRealm('test', 3);
    const signer = (index: number) => ({
      clientId: `signer${index}`,
      clientAuthenticatorType: 'client-jwt',
      serviceAccountsEnabled: true,
      attributes: { 'use.jwks.url': 'true', 'jwks.url': `${keys.url}?client=${index}` },
    });
    const clients = [...(realm['clients'] as unknown[]), ...Array.from({ length: KEY_CLIENTS }, (_, index) => signer(index))];
    cluster = await startTestCluster(2, {
      nodeArguments: (index) =>
        index === bounded
          ? Object.entries(bounds).map(([cache, count]) => `--cache-embedded-${cache}-max-count=${count}`)
          : ['realms', 'users', 'authorization'].map((cache) => `${option(cache)}=1`),
      realms: [{ ...realm, clients }],
    });
    await admin(base(bounded), await adminToken(base(bounded)), 'POST', '/realms/test/clients', {
      clientId: 'rs',
      secret: 'rs-secret',
      serviceAccountsEnabled: true,
      authorizationServicesEnabled: true,
      authorizationSettings: {
        resources: Array.from({ length: RESOURCES }, (_, index) => ({ name: `doc${index}`, type: `kind${index}` })),
        policies: [
          { name: 'who', type: 'user', config: { users: '["user0"]' } },
          ...Array.from({ length: RESOURCES }, (_, index) => ({
            name: `docs${index}`,
            type: 'resource',
            config: { resources: `["doc${index}"]`, applyPolicies: '["who"]' },
          })),
        ],
      },
    });
  });
  afterAll(async () => {
    await cluster?.stop();
    await keys?.[Symbol.asyncDispose]();
  });

  const entries = async (cache: string): Promise<number> => {
    const { text } = await call(`${cluster.server.managementBases[bounded]}/metrics`);
    return Number(new RegExp(`^vendor_statistics_approximate_entries\\{[^}]*cache="${cache}"[^}]*\\} (\\S+)`, 'm').exec(text)?.[1]);
  };
  const token = (node: number, form: Record<string, string>, bearer?: string) =>
    call(`${base(node)}/realms/test/protocol/openid-connect/token`, {
      form,
      ...(bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
    });
  const grant = async (node: number, user: number): Promise<{ access_token?: string; expires_in?: number; error_description?: string }> => {
    const form = { grant_type: 'password', client_id: 'app', client_secret: 'app-secret' };
    return JSON.parse((await token(node, { ...form, username: `user${user}`, password: `password${user}` })).text);
  };
  const decided = async (node: number, bearer: string, document: number): Promise<boolean> => {
    const form = { grant_type: UMA, audience: 'rs', permission: `doc${document}`, response_mode: 'decision' };
    return (await token(node, form, bearer)).status === 200;
  };

  it('keys: no more are kept than the bound says, and those that had to go are fetched again', async () => {
    for (let round = 0; round < 2; round += 1)
      for (let index = 0; index < KEY_CLIENTS; index += 1) {
        const assertion = await new SignJWT({ jti: `${round}.${index}` })
          .setProtectedHeader({ alg: 'ES256', kid: 'signing' })
          .setIssuer(`signer${index}`)
          .setSubject(`signer${index}`)
          .setAudience(`${base(bounded)}/realms/test`)
          .setIssuedAt()
          .setExpirationTime('30s')
          .sign(keys.signing);
        const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION, client_assertion: assertion };
        expect((await token(bounded, form)).text).toContain('access_token');
      }
    expect(await entries('keys')).toBe(bounds.keys);
  });

  it('authorization: decisions are right beyond its bound', async () => {
    const [allowed, other] = await Promise.all([grant(bounded, 0), grant(bounded, 1)]);
    for (let document = 0; document < RESOURCES; document += 1) {
      expect(await decided(bounded, allowed.access_token ?? '', document)).toBe(true);
      expect(await decided(bounded, other.access_token ?? '', document)).toBe(false);
    }
    expect(await entries('authorization')).toBe(bounds.authorization);
  });

  it('realms, users and authorization: what is behind the back of the server in the database counts when the lifespan is over', async () => {
    const bearer = (await grant(forgetful, 0)).access_token ?? '';
    const change = (text: string) => cluster.database.query(text);
    for (let round = 0; round < ROUNDS; round += 1) {
      const odd = round % 2 === 1;
      expect(await decided(forgetful, bearer, 0)).toBe(!odd);
      await change(`UPDATE resource_server_policy SET logic = '${odd ? 'POSITIVE' : 'NEGATIVE'}' WHERE name = 'who'`);
      await until('the policy is read anew', async () => (await decided(forgetful, bearer, 0)) === odd);
      await change(`UPDATE realm SET body = jsonb_set(body, '{accessTokenLifespan}', '${70 + round}') WHERE name = 'test'`);
      await until('the realm is read anew', async () => (await grant(forgetful, 0)).expires_in === 70 + round);
      await change(`UPDATE user_entity SET enabled = ${odd} WHERE username = 'user1'`);
      await until('the user is read anew', async () => ((await grant(forgetful, 1)).access_token !== undefined) === odd);
    }
  });
});
