import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { storeEntries } from '../config/stack/store-entries.ts';
import { selfSignedCertificate } from '../realm/self-signed-certificate.ts';
import { type KeyStoreContent, keyStoreFile, keyStoreFormats } from './key-store-file.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const certificate = selfSignedCertificate('shop', pair.publicKey.export({ type: 'spki', format: 'der' }), pair.privateKey, new Date());
const content: KeyStoreContent = {
  alias: 'Shop',
  certificate,
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }),
  trusted: { alias: 'realm', certificate },
  keyPassword: 'store-password',
  storePassword: 'store-password',
  nowMs: 1_700_000_000_000,
};
const directory = mkdtempSync(join(tmpdir(), 'key-store-file-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(keyStoreFormats)('a %s store', (format) => {
  it('gives back key and certificates to who has the password', async () => {
    const { keys, certificates } = await storeEntries(keyStoreFile(format, content), 'store-password');
    expect(createPublicKey(createPrivateKey(keys[0] ?? '')).equals(pair.publicKey)).toBe(true);
    expect(new Set(certificates.map((pem) => new X509Certificate(pem).raw.toString('hex')))).toEqual(
      new Set([Buffer.from(certificate).toString('hex')]),
    );
  });

  it('opens with no other password', async () => {
    await expect(storeEntries(keyStoreFile(format, content), 'another')).rejects.toThrow();
  });

  it('may hold the certificate alone', async () => {
    const { keys, certificates } = await storeEntries(
      keyStoreFile(format, { ...content, privateKey: undefined, trusted: undefined }),
      'store-password',
    );
    expect([keys, certificates.length]).toEqual([[], 1]);
  });
});

describe('a PKCS12 store', () => {
  it('is read by OpenSSL', () => {
    const path = join(directory, 'store.p12');
    writeFileSync(path, keyStoreFile('PKCS12', content));
    const shown = execFileSync('openssl', ['pkcs12', '-in', path, '-passin', 'pass:store-password', '-nodes'], { encoding: 'utf8' });
    expect(createPrivateKey(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(shown)?.[0] ?? '').asymmetricKeyType).toBe(
      'rsa',
    );
  });
});
