import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MemoryCertificateStore } from '../testing/memory-certificate-store.ts';
import { currentKey, loadCredentials, nextKey } from './load-credentials.ts';

const validDays = 60;
const nowMs = Date.UTC(2026, 0, 1);

describe('loadCredentials', () => {
  it('makes a self-signed RSA-2048 certificate, valid 60 days, with a unique name that starts with jgroups', async () => {
    const store = new MemoryCertificateStore();
    const { key, certificate } = await loadCredentials(store, nowMs);
    const parsed = new X509Certificate(certificate);
    expect(parsed.subject).toMatch(/^CN=jgroups/);
    expect(parsed.issuer).toBe(parsed.subject);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(parsed.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2_048);
    expect(parsed.validToDate.getTime() - nowMs).toBe(validDays * 86_400_000);
    const stored = JSON.parse((await store.get(currentKey))?.value ?? '') as Record<string, unknown>;
    expect(Object.keys(stored)).toEqual(['prvKey', 'pubKey', 'crt', 'alias', 'generatedMillis']);
  });

  it('lets concurrent starters agree on one certificate', async () => {
    const store = new MemoryCertificateStore();
    const all = await Promise.all([1, 2, 3].map(() => loadCredentials(store, nowMs)));
    expect(new Set(all.map((each) => each.certificate)).size).toBe(1);
  });

  it('replaces an expired one once, for all', async () => {
    const store = new MemoryCertificateStore();
    const old = await loadCredentials(store, nowMs);
    const later = nowMs + (validDays + 1) * 86_400_000;
    const all = await Promise.all([1, 2].map(() => loadCredentials(store, later)));
    expect(all[0]?.certificate).toBe(all[1]?.certificate);
    expect(all[0]?.certificate).not.toBe(old.certificate);
    expect((await store.get(currentKey))?.version).toBe(2);
  });

  it('trusts the next certificate beside the current one', async () => {
    const store = new MemoryCertificateStore();
    const other = new MemoryCertificateStore();
    await loadCredentials(other, nowMs);
    await store.insert(nextKey, (await other.get(currentKey))?.value ?? '');
    const { trusted } = await loadCredentials(store, nowMs);
    expect(trusted).toHaveLength(2);
  });

  it('refuses a value that is no certificate without repeating it', async () => {
    const store = new MemoryCertificateStore();
    await store.insert(currentKey, '{"prvKey":"secret"}');
    const error = await loadCredentials(store, nowMs).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'GRID_BAD_CONFIGURATION' });
    expect(String(error)).not.toContain('secret');
  });
});
