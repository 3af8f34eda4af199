import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pemOf } from './certificates/certificate.ts';
import { createCertificate } from './certificates/create-certificate.ts';
import { currentKey, loadCredentials, nextKey, parseCertificate } from './certificates/load-credentials.ts';
import { DatabaseCertificateStore } from './testing/database-store.ts';
import { MemoryCertificateStore } from './testing/memory-certificate-store.ts';
import { ProcessCluster } from './testing/process-cluster.ts';
import { RotationLoad } from './testing/rotation-load.ts';
import { type Credentials, TlsChannel } from './transport/secure-channel.ts';

interface Outcome {
  /** What the server showed; base64 of DER. */
  readonly shown: string;
  readonly refused: boolean;
}

/** Connects with these credentials, and waits until the server ends it, or has kept it for a while. */
function knock(port: number, { key, certificate }: Credentials, keptMs = 30_000): Promise<Outcome> {
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
  let load: RotationLoad;

  beforeAll(async () => {
    cluster = await ProcessCluster.create('rotation');
    cluster.rotationIntervalMs = 1_000;
    load = new RotationLoad(cluster);
    store = new DatabaseCertificateStore(cluster.databaseUrl);
    await Promise.all(['n1', 'n2', 'n3'].map((name) => cluster.begin(name)));
    await cluster.settle();
  });
  afterAll(async () => {
    await store.close();
    await cluster.remove();
  });

  const rotations = async (): Promise<number> => (await store.get(currentKey))?.version ?? 0;
  const untilRotations = async (count: number): Promise<void> => {
    const from = await rotations();
    await expect.poll(rotations, { interval: 100 }).toBeGreaterThanOrEqual(from + count);
  };

  it('loses nothing, though the coordinator dies and a member joins in the middle', async () => {
    for (const name of ['n1', 'n2', 'n3']) load.begin(name);
    await untilRotations(3);
    await cluster.kill(await cluster.coordinator());
    await untilRotations(2);
    await cluster.begin('n4');
    load.begin('n4');
    await untilRotations(3);
    await load.end();
    await cluster.settle();
    expect(load.failures).toEqual([]);
    expect(load.written.size).toBeGreaterThan(50);
    expect(await load.lost('n4')).toEqual([]);
  });

  it('is shown anew by every member, and strangers stay outside', async () => {
    const foreign = await loadCredentials(new MemoryCertificateStore(), Date.now());
    for (const member of cluster.members.values()) {
      const port = Number((await member.ask<string>('address')).split(':').at(-1));
      await expect
        .poll(async () => {
          const { shown } = await knock(port, foreign);
          const rows = [await store.get(nextKey), await store.get(currentKey)];
          return rows.some((row) => row !== undefined && parseCertificate(row.value).crt === shown);
        })
        .toBe(true);
      expect((await knock(port, foreign)).refused).toBe(true);
      expect(member.output.join('\n')).toContain('Reloading JGroups Certificate');
      expect(member.output.join('\n')).not.toContain('PRIVATE KEY');
    }
  });
});

describe('an expired certificate', () => {
  it('is refused, though it is among the trusted ones', async () => {
    const fresh = await loadCredentials(new MemoryCertificateStore(), Date.now());
    const old = await createCertificate(Date.now() - 3_600_000, 1_000);
    const expired = pemOf('CERTIFICATE', old.crt);
    const accepted: Duplex[] = [];
    const channel = new TlsChannel({ ...fresh, trusted: [...fresh.trusted, expired] });
    const listener = await channel.listen({ host: '127.0.0.1', port: 0 }, 10, {
      opened: () => true,
      accepted: (socket) => {
        accepted.push(socket);
        socket.on('error', () => {});
      },
      rejected: (_, raw) => raw.destroy(),
      failed: () => {},
    });
    const { port } = listener;
    const key = pemOf('PRIVATE KEY', old.prvKey);
    expect((await knock(port, { key, certificate: expired, trusted: [] })).refused).toBe(true);
    expect(accepted).toEqual([]);
    const welcome = knock(port, fresh);
    await expect.poll(() => accepted.length).toBe(1);
    for (const socket of accepted) socket.destroy();
    await welcome;
    await listener.close();
  });
});
