import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyProviderType } from '../realm/key-components.ts';
import { keyProviders } from '../realm/key-providers.ts';
import { type AdminAnswer, type AdminServer, startAdminServer } from '../testing/admin-server.ts';

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly providerId: string;
  readonly parentId: string;
  readonly config: Readonly<Record<string, readonly string[]>>;
}
interface Key {
  readonly kid: string;
  readonly providerId: string;
  readonly providerPriority: number;
  readonly status: string;
  readonly algorithm: string;
  readonly use: string;
  readonly publicKey?: string;
  readonly certificate?: string;
}

let server: AdminServer;
let admin: string;
let realmId: string;
const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<AdminAnswer> =>
  server.call(admin, method, `/realms/shop${path}`, body);
const add = (providerId: string, config: object = {}, more: object = {}): Promise<AdminAnswer> =>
  call('POST', '/components', { name: 'mine', providerId, providerType: keyProviderType, parentId: realmId, config, ...more });
const added = async (providerId: string, config: object = {}): Promise<string> => {
  const answer = await add(providerId, config);
  expect([answer.status, answer.text]).toEqual([201, '']);
  return answer.location?.split('/').at(-1) ?? expect.fail();
};
const shown = async (id: string): Promise<Shown> => (await call('GET', `/components/${id}`)).json<Shown>();
const keyOf = async (id: string): Promise<Key> =>
  (await call('GET', '/keys')).json<{ keys: Key[] }>().keys.find((key) => key.providerId === id) ?? expect.fail(id);
const put = async (id: string, config: object): Promise<void> => {
  expect((await call('PUT', `/components/${id}`, { ...(await shown(id)), config })).status).toBe(204);
};
const pem = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    components: {
      'org.example.Storage': [
        {
          id: 'store',
          name: 'people',
          providerId: 'ldap',
          config: { url: ['ldap://x'], bindCredential: ['geheim'] },
          subComponents: { 'org.example.Mapper': [{ id: 'map', name: 'mail', providerId: 'm', config: {} }] },
        },
      ],
      [keyProviderType]: [{ name: 'rsa-generated', providerId: 'rsa-generated', config: { priority: ['100'] } }],
    },
  });
  admin = await server.token('master', 'admin');
  realmId = (await call('GET', '')).json<{ id: string }>().id;
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('the key components of a realm', () => {
  it('are listed by type, parent and name, without key material', async () => {
    const keys = (await call('GET', `/components?type=${keyProviderType}`)).json<Shown[]>();
    expect(keys).toEqual([
      {
        id: expect.any(String),
        name: 'rsa-generated',
        providerId: 'rsa-generated',
        providerType: keyProviderType,
        parentId: realmId,
        config: { priority: ['100'] },
      },
    ]);
    expect((await call('GET', `/components?parent=${realmId}&name=rsa-generated`)).json()).toEqual(keys);
    expect((await call('GET', '/components?parent=elsewhere')).text).toBe('[]');
    expect((await call('GET', `/components?type=${keyProviderType}&name=other`)).text).toBe('[]');
  });

  it.each([
    ['rsa-generated', {}, 'RS256', 'SIG', {}],
    ['rsa-generated', { algorithm: ['PS384'], keySize: ['1024'] }, 'PS384', 'SIG', { algorithm: ['PS384'], keySize: ['1024'] }],
    ['rsa-enc-generated', { algorithm: ['RSA-OAEP-256'] }, 'RSA-OAEP-256', 'ENC', { algorithm: ['RSA-OAEP-256'] }],
    ['hmac-generated', {}, 'HS256', 'SIG', {}],
    ['hmac-generated', { secretSize: ['32'], algorithm: ['HS512'] }, 'HS512', 'SIG', { secretSize: ['32'], algorithm: ['HS512'] }],
    ['aes-generated', { unknown: ['x'], priority: [''] }, 'AES', 'ENC', {}],
    ['ecdsa-generated', {}, 'ES256', 'SIG', { ecdsaEllipticCurveKey: ['P-256'] }],
    ['ecdsa-generated', { ecdsaEllipticCurveKey: ['P-521'] }, 'ES512', 'SIG', { ecdsaEllipticCurveKey: ['P-521'] }],
    ['eddsa-generated', { eddsaEllipticCurveKey: ['Ed448'] }, 'EdDSA', 'SIG', { eddsaEllipticCurveKey: ['Ed448'] }],
  ])('are made by %s with %j', async (provider, config, algorithm, use, expected) => {
    const id = await added(provider, config);
    expect((await shown(id)).config).toEqual(expected);
    expect(await keyOf(id)).toMatchObject({ algorithm, use, status: 'ACTIVE', providerPriority: 0 });
    expect((await call('DELETE', `/components/${id}`)).status).toBe(204);
    expect((await call('GET', `/components/${id}`)).text).toBe('{"error":"Could not find component"}');
  });

  it('of ECDSA have a certificate where one is asked for', async () => {
    const { certificate, publicKey } = await keyOf(await added('ecdsa-generated', { ecGenerateCertificate: ['true'] }));
    const read = new X509Certificate(Buffer.from(certificate ?? '', 'base64'));
    expect(read.verify(createPublicKey({ key: Buffer.from(publicKey ?? '', 'base64'), format: 'der', type: 'spki' }))).toBe(true);
  });

  it('may be keys of one’s own, which are never shown again', async () => {
    const id = await added('rsa', { privateKey: [pem], priority: ['3'] });
    const spki = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' }).toString('base64');
    const { config } = await shown(id);
    expect(config).toEqual({ priority: ['3'], privateKey: ['**********'], certificate: [expect.any(String)] });
    const before = await keyOf(id);
    expect(before.publicKey).toBe(spki);
    await put(id, { ...config, priority: ['44'] });
    expect(await keyOf(id)).toEqual({ ...before, providerPriority: 44 });
    const other = await keyOf(await added('rsa-generated'));
    const refused = await add('rsa', { privateKey: [pem], certificate: [other.certificate] });
    expect([refused.status, refused.text]).toEqual([400, '{"errorMessage":"Certificate does not match private key"}']);
  });

  it('keep their key through changes of priority, state and algorithm, and get a new one for another size or curve', async () => {
    const id = await added('rsa-generated', { priority: ['5'] });
    const { kid } = await keyOf(id);
    await put(id, { active: ['false'] });
    expect(await keyOf(id)).toMatchObject({ kid, status: 'PASSIVE', providerPriority: 5 });
    await put(id, { enabled: ['false'], algorithm: ['PS256'] });
    expect(await keyOf(id)).toMatchObject({ kid, status: 'DISABLED', algorithm: 'PS256' });
    await put(id, { keySize: ['1024'] });
    expect((await keyOf(id)).kid).not.toBe(kid);
    const hmac = await added('hmac-generated');
    const secret = (await keyOf(hmac)).kid;
    await put(hmac, { secretSize: ['128'], algorithm: ['HS512'] });
    expect(await keyOf(hmac)).toMatchObject({ kid: secret, algorithm: 'HS512' });
    await put(hmac, { secretSize: ['64'] });
    expect((await keyOf(hmac)).kid).not.toBe(secret);
    const ec = await added('ecdsa-generated');
    await put(ec, { ecdsaEllipticCurveKey: ['P-384'] });
    expect(await keyOf(ec)).toMatchObject({ algorithm: 'ES384' });
  });

  it.each([
    ['rsa-generated', { priority: ['abc'] }, "'Priority' should be a number"],
    ['rsa-generated', { enabled: ['maybe'] }, "'Enabled' should be 'true' or 'false'"],
    ['rsa-generated', { active: ['x'] }, "'Active' should be 'true' or 'false'"],
    ['rsa-generated', { keySize: ['1000'] }, "'Key size' should be 1024, 2048, 3072 or 4096"],
    ['rsa-generated', { algorithm: ['HS256'] }, "'Algorithm' should be RS256, RS384, RS512, PS256, PS384 or PS512"],
    ['hmac-generated', { secretSize: ['33'] }, "'Secret size' should be 16, 24, 32, 64, 128, 256 or 512"],
    ['ecdsa-generated', { ecdsaEllipticCurveKey: ['P-9'] }, "'Elliptic Curve' should be P-256, P-384 or P-521"],
    ['eddsa-generated', { eddsaEllipticCurveKey: ['E'] }, "'Elliptic Curve' should be Ed25519 or Ed448"],
    ['rsa', {}, "'Private RSA Key' is required"],
    ['rsa', { privateKey: ['geheim'] }, 'Failed to decode private key'],
    ['rsa', { privateKey: ['**********'] }, 'Failed to decode private key'],
    ['rsa', { privateKey: [pem], certificate: ['x'] }, 'Failed to decode certificate'],
  ])('of %s refuse %j', async (provider, config, errorMessage) => {
    const answer = await add(provider, config);
    expect([answer.status, answer.json()]).toEqual([400, { errorMessage }]);
  });

  it('refuse unknown providers, unknown fields, wrong types and taken ids', async () => {
    for (const more of [{ providerId: 'nope' }, { providerId: null }, { providerType: 'org.nope.X' }, { providerType: null }]) {
      const answer = await add('rsa-generated', {}, more);
      expect([answer.status, answer.text]).toEqual([400, '{"error":"Invalid provider type or no such provider"}']);
    }
    expect((await add('rsa-generated', {}, { bogus: 1 })).text).toMatch(/for ComponentRepresentation. Unrecognized field \\"bogus\\"/);
    expect((await add('rsa-generated', { priority: '7' })).status).toBe(400);
    expect((await add('aes-generated', {}, { id: 'own-id' })).location).toMatch(/\/components\/own-id$/);
    const again = await add('aes-generated', {}, { id: 'own-id' });
    expect([again.status, again.text]).toEqual([409, '{"error":"conflict","error_description":"Duplicate resource error"}']);
    for (const method of ['PUT', 'DELETE'] as const) {
      const answer = await call(method, '/components/none', method === 'PUT' ? {} : undefined);
      expect([answer.status, answer.text]).toEqual([404, '{"error":"Could not find component"}']);
    }
  });

  it('have their providers listed as sub component types', async () => {
    const [first] = (await call('GET', `/components?type=${keyProviderType}`)).json<Shown[]>();
    const types = await call('GET', `/components/${first?.id}/sub-component-types?type=${keyProviderType}`);
    expect(types.json<{ id: string }[]>().map(({ id }) => id)).toEqual([...keyProviders.keys()]);
    expect((await call('GET', `/components/${first?.id}/sub-component-types`)).text).toBe('{"error":"must specify a subtype"}');
    expect((await call('GET', `/components/none/sub-component-types?type=x`)).text).toBe('{"error":"Could not find parent component"}');
  });

  it('take view-realm to see and manage-realm to change', async () => {
    for (const [username, role] of [
      ['viewer', 'view-realm'],
      ['manager', 'manage-realm'],
      ['nobody', 'view-users'],
    ]) {
      const user = await call('POST', '/users', { username, enabled: true });
      const [client] = (await call('GET', '/clients?clientId=realm-management')).json<{ id: string }[]>();
      const found = (await call('GET', `/clients/${client?.id}/roles/${role}`)).json();
      await call('POST', `/users/${user.location?.split('/').at(-1)}/role-mappings/clients/${client?.id}`, [found]);
    }
    const body = { name: 'k', providerId: 'aes-generated', providerType: keyProviderType, config: {} };
    const statuses = async (username: string): Promise<number[]> => {
      const token = await server.token('shop', username);
      const seen = await server.call(token, 'GET', '/realms/shop/components');
      return [seen.status, (await server.call(token, 'POST', '/realms/shop/components', body)).status];
    };
    expect(await statuses('viewer')).toEqual([200, 403]);
    expect(await statuses('manager')).toEqual([200, 201]);
    expect(await statuses('nobody')).toEqual([403, 403]);
  });
});

describe('components of other kinds', () => {
  it('are listed as they were imported, secrets masked, and can be removed', async () => {
    const storage = { name: 'people', providerId: 'ldap', config: { url: ['ldap://x'], bindCredential: ['**********'] } };
    expect((await call('GET', '/components?type=org.example.Storage')).json()).toMatchObject([storage]);
    expect((await call('GET', '/components?parent=store&type=org.example.Mapper')).json()).toMatchObject([
      { id: 'map', parentId: 'store' },
    ]);
    expect((await call('PUT', '/components/store', {})).text).toBe('{"error":"Invalid provider type or no such provider"}');
    expect((await call('DELETE', '/components/map')).status).toBe(204);
    expect((await call('GET', '/components/map')).status).toBe(404);
    expect((await call('GET', '/components/store')).json()).toMatchObject(storage);
  });
});
