import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pemOf } from './certificates/certificate.ts';
import { createCertificate } from './certificates/create-certificate.ts';
import { currentKey, loadCredentials, nextKey, parseCertificate } from './certificates/load-credentials.ts';
import { DatabaseCertificateStore } from './testing/database-store.ts';
import { MemoryCertificateStore } from './testing/memory-certificate-store.ts';
import { ProcessCluster } from './testing/process-cluster.ts';
import { type Credentials, TlsChannel } from './transport/secure-channel.ts';

interface Outcome {
  /** What the server showed; base64 of DER. */
  readonly shown: string;
  readonly refused: boolean;
}

/** Connects with these credentials, and waits until the server ends it, or has kept it for a while. */
function knock(port: number, { key, certificate }: Credentials, keptMs = 1_500): Promise<Outcome> {
  return new Promise((resolve) => {
    let shown = '';
    const socket = connect({ host: '127.0.0.1', port, key, cert: certificate, rejectUnauthorized: false, minVersion: 'TLSv1.3' }, () => {
      shown = socket.getPeerCertificate().raw.toString('base64');
    });
    const done = (refused: boolean) => {
      clearTimeout(limit);
      socket.destroy();
      resolve({ shown, refused });
    };
    const limit = setTimeout(() => done(false), keptMs);
    socket.on('error', () => done(true));
    socket.on('close', () => done(true));
  });
}

describe('a certificate that is rotated every second under load', () => {
  let cluster: ProcessCluster;
  let store: DatabaseCertificateStore;
  const written = new Map<string, string>();
  const failures: string[] = [];
  let loading = true;

  beforeAll(async () => {
    cluster = await ProcessCluster.create('rotation');
    cluster.rotationIntervalMs = 1_000;
    store = new DatabaseCertificateStore(cluster.databaseUrl);
    await Promise.all(['n1', 'n2', 'n3'].map((name) => cluster.begin(name)));
    await cluster.settle(30_000);
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await cluster.remove();
  });

  const rotations = async (): Promise<number> => (await store.get(currentKey))?.version ?? 0;
  const untilRotations = async (count: number): Promise<void> => {
    const from = await rotations();
    await expect.poll(rotations, { timeout: 30_000, interval: 100 }).toBeGreaterThanOrEqual(from + count);
  };
  const load = async (name: string): Promise<void> => {
    const member = cluster.member(name);
    for (let count = 0; loading && cluster.members.has(name); count += 1) {
      const key = `${name}-${count % 50}`;
      const value = `${name} wrote ${count}`;
      try {
        await member.ask('put', key, value);
        written.set(key, value);
        const got = await member.ask('get', key);
        if (got !== value) failures.push(`${name} read ${String(got)}, not ${value}`);
      } catch (error) {
        // What was asked of the killed process died with it, and may have been written or not.
        if (cluster.members.has(name)) failures.push(`${name}: ${String(error)}`);
        else written.delete(key);
      }
    }
  };

  it('loses nothing, though the coordinator dies and a member joins in the middle', async () => {
    const loads = ['n1', 'n2', 'n3'].map(load);
    await untilRotations(3);
    await cluster.kill(await cluster.coordinator());
    await untilRotations(2);
    await cluster.begin('n4');
    loads.push(load('n4'));
    await untilRotations(3);
    loading = false;
    await Promise.all(loads);
    await cluster.settle(20_000);
    expect(failures).toEqual([]);
    expect(written.size).toBeGreaterThan(50);
    const reader = cluster.member('n4');
    for (const [key, value] of written) expect(await reader.ask('get', key)).toBe(value);
  }, 120_000);

  it('is shown anew by every member, and strangers stay outside', async () => {
    const foreign = await loadCredentials(new MemoryCertificateStore(), Date.now());
    for (const member of cluster.members.values()) {
      const port = Number((await member.ask<string>('address')).split(':').at(-1));
      await expect
        .poll(
          async () => {
            const { shown } = await knock(port, foreign);
            const rows = [await store.get(nextKey), await store.get(currentKey)];
            return rows.some((row) => row !== undefined && parseCertificate(row.value).crt === shown);
          },
          { timeout: 15_000 },
        )
        .toBe(true);
      expect((await knock(port, foreign)).refused).toBe(true);
      expect(member.output.join('\n')).toContain('Reloading JGroups Certificate');
      expect(member.output.join('\n')).not.toContain('PRIVATE KEY');
    }
  }, 60_000);
});

describe('an expired certificate', () => {
  it('is refused, though it is among the trusted ones', async () => {
    const fresh = await loadCredentials(new MemoryCertificateStore(), Date.now());
    const old = await createCertificate(Date.now() - 3_600_000, 1_000);
    const expired = pemOf('CERTIFICATE', old.crt);
    let accepted = 0;
    const channel = new TlsChannel({ ...fresh, trusted: [...fresh.trusted, expired] });
    const server = channel.server(
      (socket) => {
        accepted += 1;
        socket.on('error', () => {});
      },
      (_, socket) => socket.destroy(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const key = pemOf('PRIVATE KEY', old.prvKey);
    expect((await knock(port, { key, certificate: expired, trusted: [] })).refused).toBe(true);
    expect(accepted).toBe(0);
    expect((await knock(port, fresh, 300)).refused).toBe(false);
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
