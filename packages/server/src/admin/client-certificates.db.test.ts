import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeEntries } from '../config/stack/store-entries.ts';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';

interface Shown {
  readonly certificate?: string;
  readonly privateKey?: string;
  readonly publicKey?: string;
  readonly kid?: string;
}

let server: AdminServer;
let token: string;
let at: string;
const passwords = { keySize: 2_048, keyAlias: 'till', keyPassword: 'store-password', storePassword: 'store-password' };

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({ realm: 'shop', enabled: true, clients: [{ clientId: 'till' }] });
  token = await server.token('master', 'admin');
  const [till] = (await server.call(token, 'GET', '/realms/shop/clients?clientId=till')).json<{ id: string }[]>();
  at = `/realms/shop/clients/${till?.id}/certificates/jwt.credential`;
});
afterAll(() => server?.[Symbol.asyncDispose]());

const shown = async (): Promise<Shown> => (await server.call(token, 'GET', at)).json<Shown>();
const pemOf = (base64: string): string => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;

async function stored(path: string, body: object): Promise<{ status: number; bytes: Buffer }> {
  const answer = await server.app.inject({
    method: 'POST',
    url: `/admin${at}/${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });
  return { status: answer.statusCode, bytes: answer.rawPayload };
}

async function upload(path: string, fields: Readonly<Record<string, string | Uint8Array>>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    form.set(name, typeof value === 'string' ? value : new Blob([Uint8Array.from(value)]));
  const request = new Request('http://127.0.0.1/', { method: 'POST', body: form });
  return server.app.inject({
    method: 'POST',
    url: `/admin${at}/${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': request.headers.get('content-type') ?? '' },
    payload: Buffer.from(await request.arrayBuffer()),
  });
}

describe('the certificate of a client', () => {
  it('is made with its key', async () => {
    expect(await shown()).toEqual({});
    const made = (await server.call(token, 'POST', `${at}/generate`)).json<Shown>();
    expect(new X509Certificate(pemOf(made.certificate ?? '')).subject).toBe('CN=till');
    expect((await shown()).certificate).toBe(made.certificate);
  });

  it.each(['JKS', 'PKCS12'])('leaves as a %s store with its key, which then stands nowhere else', async (format) => {
    const { bytes } = await stored('generate-and-download', { format, ...passwords });
    const { keys, certificates } = await storeEntries(bytes, 'store-password');
    const after = await shown();
    expect(after).not.toHaveProperty('privateKey');
    const leaf = certificates.map((pem) => new X509Certificate(pem)).find(({ subject }) => subject === 'CN=till');
    expect(leaf?.raw.toString('base64')).toBe(after.certificate);
    expect(leaf?.publicKey.equals(createPublicKey(keys[0] ?? ''))).toBe(true);
    expect(certificates).toHaveLength(2);
  });

  it('is taken in as PEM, as a key, as a key set, and out of a store', async () => {
    const { certificate = '' } = await shown();
    const publicKey = new X509Certificate(pemOf(certificate)).publicKey;
    expect((await upload('upload-certificate', { keystoreFormat: 'Certificate PEM', file: pemOf(certificate) })).json()).toEqual({
      certificate,
    });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    expect((await upload('upload', { keystoreFormat: 'Public Key PEM', file: pem })).json()).toEqual({ publicKey: spki });
    expect(await shown()).toEqual({ publicKey: spki });
    const set = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }] });
    expect((await upload('upload', { keystoreFormat: 'JSON Web Key Set', file: set })).json()).toMatchObject({
      publicKey: spki,
      kid: 'one',
    });
    const { bytes } = await stored('generate-and-download', { format: 'PKCS12', ...passwords });
    const wish = {
      keystoreFormat: 'PKCS12',
      keyAlias: 'till',
      keyPassword: 'store-password',
      storePassword: 'store-password',
      file: bytes,
    };
    expect(Object.keys((await upload('upload', wish)).json())).toEqual(['certificate', 'privateKey']);
    expect(Object.keys((await upload('upload-certificate', wish)).json())).toEqual(['certificate']);
  });

  it('is refused where it cannot be read', async () => {
    const before = await shown();
    for (const fields of [
      { keystoreFormat: 'Certificate PEM', file: 'rubbish' },
      { keystoreFormat: 'PKCS12', file: 'rubbish', storePassword: 'x' },
      { keystoreFormat: 'JSON Web Key Set', file: '{}' },
      { keystoreFormat: 'Nothing', file: 'x' },
      { keystoreFormat: 'Certificate PEM' },
    ])
      expect([fields.keystoreFormat, (await upload('upload', fields)).statusCode]).toEqual([fields.keystoreFormat, 400]);
    expect((await stored('download', { format: 'ZIP', ...passwords })).status).toBe(406);
    expect((await stored('download', { format: 'JKS' })).status).toBe(400);
    expect(await shown()).toEqual(before);
  });
});
