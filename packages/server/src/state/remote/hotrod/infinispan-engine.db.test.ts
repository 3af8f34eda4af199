import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saslMechanismNames } from '../../../config/options/spi.ts';
import type { RemoteCaches } from '../../../config/remote-caches.ts';
import { InfinispanProcess, infinispanFolder } from '../../../testing/external/infinispan-process.ts';
import { describeServerFaults } from '../testing/engine-faults.ts';
import { describeRemoteContract } from '../testing/remote-contract.ts';
import { localCaches, openRemoteNodes, type RemoteNodes, refusalOf } from '../testing/remote-nodes.ts';

// What a JVM takes to start on a busy machine; the faults start it anew.
const slow = { timeout: 180_000 };

describe.skipIf(infinispanFolder() === undefined)('state on an external Infinispan', slow, () => {
  let server: InfinispanProcess;
  beforeAll(async () => {
    server = await InfinispanProcess.start();
  }, slow.timeout);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  describeRemoteContract('infinispan', async () => ({ port: server.port, close: async () => undefined }));

  describe('a server', () => {
    describeServerFaults(
      () => server,
      () => localCaches('infinispan', [server.port]),
    );
  });

  describe('a cache that stands', () => {
    it.each([
      ['<local-cache><encoding media-type="text/plain"/></local-cache>', 'it is a local-cache'],
      ['<distributed-cache mode="ASYNC"><encoding media-type="text/plain"/></distributed-cache>', 'its mode is ASYNC'],
      [
        '<distributed-cache mode="SYNC"><encoding media-type="application/x-protostream"/></distributed-cache>',
        'it is encoded as application/x-protostream',
      ],
      [
        '<distributed-cache mode="SYNC"><encoding media-type="text/plain"/><memory max-count="10" when-full="REMOVE"/></distributed-cache>',
        'its memory is bounded',
      ],
    ])('and is not what it has to be ends the start: %s', async (definition, breach) => {
      await using nodes = await openRemoteNodes();
      const address = `http://127.0.0.1:${server.port}/rest/v2/caches/loginFailures`;
      await fetch(address, { method: 'DELETE' });
      const created = await fetch(address, { method: 'POST', body: definition, headers: { 'content-type': 'application/xml' } });
      expect(created.status).toBe(200);
      const line = await refusalOf(nodes.open('a', localCaches('infinispan', [server.port])));
      expect(line).toContain(`its cache 'loginFailures' cannot be used: ${breach}`);
      await fetch(address, { method: 'DELETE' });
    });
  });

  describe('a start', () => {
    let nodes: RemoteNodes;
    let secured: InfinispanProcess;
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-infinispan-tls-'));
    const file = (name: string) => join(folder, name);
    beforeAll(async () => {
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key.pem'), '-out', file('cert.pem')];
      execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, ...subject], { stdio: 'ignore' });
      const store = ['-export', '-in', file('cert.pem'), '-inkey', file('key.pem'), '-out', file('store.p12'), '-passout', 'pass:changeit'];
      execFileSync('openssl', ['pkcs12', ...store], { stdio: 'ignore' });
      secured = await InfinispanProcess.start({
        users: { keeper: { password: 'pass,w=ord', role: 'admin' }, worker: { password: 'work', role: 'application' } },
        keyStore: { path: file('store.p12'), password: 'changeit' },
      });
      nodes = await openRemoteNodes();
    }, slow.timeout);
    afterAll(async () => {
      await nodes?.[Symbol.asyncDispose]();
      await secured?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });
    const keeper = { username: 'keeper', password: 'pass,w=ord' };
    const caches = (overrides: Partial<RemoteCaches> & { trust?: string; password?: string; servername?: string } = {}): RemoteCaches =>
      localCaches('infinispan', [secured.port], {
        addresses: [{ host: 'localhost', port: secured.port }],
        tls: {
          servername: overrides.servername,
          trustStore: { path: overrides.trust ?? file('cert.pem'), password: overrides.password },
        },
        credentials: keeper,
        ...overrides,
      });

    it('ends in one line without credentials, with wrong ones, and where the user may not create what is missing', async () => {
      expect(await refusalOf(nodes.open('a', caches({ credentials: undefined })))).toContain(
        "it asks for a name and a password; set 'cache-remote-username' and 'cache-remote-password'",
      );
      const wrong = await refusalOf(nodes.open('a', caches({ credentials: { username: 'keeper', password: 'hunter2' } })));
      expect(wrong).toContain("it refuses the user 'keeper' or the password");
      expect(wrong).not.toContain('hunter2');
      const worker = await refusalOf(nodes.open('a', caches({ credentials: { username: 'worker', password: 'work' } })));
      expect(worker).toContain("its cache 'work' is missing, and the user 'worker' may not create it");
    });

    it('trusts a server by stores of its own and no other, and wants the right name', async () => {
      expect(await refusalOf(nodes.open('a', caches()))).toBe('started');
      expect(await refusalOf(nodes.open('a', caches({ trust: file('store.p12'), password: 'changeit' })))).toBe('started');
      const byAddress = { addresses: [{ host: '127.0.0.1', port: secured.port }] };
      expect(await refusalOf(nodes.open('a', caches(byAddress)))).toContain('its certificate is not trusted');
      expect(await refusalOf(nodes.open('a', caches({ ...byAddress, servername: 'localhost' })))).toBe('started');
      expect(await refusalOf(nodes.open('a', caches({ tls: { servername: undefined, trustStore: undefined } })))).toContain(
        'its certificate is not trusted',
      );
    });

    it('says who speaks TLS and who does not', async () => {
      expect(await refusalOf(nodes.open('a', caches({ addresses: [{ host: 'localhost', port: server.port }] })))).toContain(
        "it does not speak TLS; set 'cache-remote-tls-enabled=false'",
      );
      expect(await refusalOf(nodes.open('a', caches({ tls: undefined })))).toContain("set 'cache-remote-tls-enabled=true'");
    });

    it.each(saslMechanismNames)('works by %s with caches that are there, for a user who may not create any', async (saslMechanism) => {
      const worker = { username: 'worker', password: 'work' };
      expect(await refusalOf(nodes.open('a', caches({ saslMechanism, credentials: worker })))).toBe('started');
    });
  });
});
