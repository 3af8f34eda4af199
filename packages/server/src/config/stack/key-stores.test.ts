import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MadeCertificate, makeKeyStore, makeRsaCertificate, makeTrustStore } from '../../testing/make-stores.ts';
import { ConfigurationError } from '../configuration-error.ts';
import { readStores } from './key-stores.ts';

const folder = mkdtempSync(join(tmpdir(), 'keygrid-stores-'));
const password = 'changeit';
const nowMs = Date.now();
let authority: MadeCertificate;
let node: MadeCertificate;

function file(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const read = (key: string, trust: string, keyPassword = password, trustPassword = password) =>
  readStores(
    { kind: 'stores', keyStore: { path: key, password: keyPassword }, trustStore: { path: trust, password: trustPassword } },
    nowMs,
  );

async function refusal(made: ReturnType<typeof read>): Promise<string> {
  try {
    await made;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
}

beforeAll(async () => {
  authority = await makeRsaCertificate({ name: 'authority' });
  node = await makeRsaCertificate({ name: 'node', issuer: authority });
  file('key.p12', makeKeyStore(node, password, [authority.certificate]));
  file('trust.p12', makeTrustStore(authority.certificate, password));
});
afterAll(() => rmSync(folder, { recursive: true }));
const [key, trust] = [join(folder, 'key.p12'), join(folder, 'trust.p12')];

describe("the operator's own stores", () => {
  it('give the key, the chain and what is trusted', async () => {
    const stored = await read(key, trust);
    expect(new X509Certificate(stored.certificate).subject).toBe('CN=node');
    expect(stored.certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(stored.trusted.map((pem) => new X509Certificate(pem).subject)).toEqual(['CN=authority']);
    expect(stored.key).toContain('PRIVATE KEY');
    expect(stored.warnings).toEqual([]);
  });

  it('are warned of where they would refuse each other', async () => {
    const other = file('other.p12', makeTrustStore((await makeRsaCertificate({ name: 'other' })).certificate, password));
    expect((await read(key, other)).warnings).toEqual([expect.stringContaining('nodes with the same two files refuse each other')]);
  });

  it('are warned of where a public authority is trusted', async () => {
    const root = rootCertificates.find((pem) => new X509Certificate(pem).publicKey.asymmetricKeyType === 'rsa') ?? '';
    const { warnings } = await read(key, file('public.p12', makeTrustStore(root, password)));
    expect(warnings[0]).toContain('trusts 1 public authorities');
  });

  it.each<[string, () => ReturnType<typeof read>, string]>([
    ['a file that is not there', () => read(join(folder, 'none.p12'), trust), "The 'cache-embedded-mtls-key-store-file' file '"],
    ['a folder', () => read(folder, trust), 'is no file'],
    ['a wrong password of the key store', () => read(key, trust, 'hunter2'), "'cache-embedded-mtls-key-store-password' does not open it"],
    [
      'a wrong password of the trust store',
      () => read(key, trust, password, 'hunter2'),
      "'cache-embedded-mtls-trust-store-password' does not open it",
    ],
    ['something else than a store', () => read(file('x.p12', 'hello'), trust), 'it is neither a PKCS12 nor a JKS store'],
    ['a store without a key', () => read(trust, trust), 'holds no private key'],
  ])('are refused: %s', async (_what, made, message) => {
    const text = await refusal(made());
    expect(text).toContain(message);
    expect(text).not.toContain('hunter2');
  });

  it('are refused where the certificate is over', async () => {
    const old = await makeRsaCertificate({ name: 'old', issuer: authority, notAfter: new Date(nowMs - 1_000) });
    expect(await refusal(read(file('old.p12', makeKeyStore(old, password)), trust))).toMatch(/\(CN=old\) expired at .*\. Replace it\./);
  });
});
