import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../testing/external/ports.ts';
import { RedisProcess, redisProgram } from '../../../testing/external/redis-process.ts';
import { describeServerFaults } from '../testing/engine-faults.ts';
import { describeRemoteContract } from '../testing/remote-contract.ts';
import { localCaches, openRemoteNodes, type RemoteNodes, refusalOf } from '../testing/remote-nodes.ts';

describe.skipIf(redisProgram() === undefined)('state on an external Redis', () => {
  describeRemoteContract('redis', async () => {
    const server = await RedisProcess.start();
    return { port: server.port, close: () => server[Symbol.asyncDispose]() };
  });

  describe('a server', () => {
    let server: RedisProcess;
    beforeAll(async () => {
      server = await RedisProcess.start();
    });
    afterAll(() => server[Symbol.asyncDispose]());
    describeServerFaults(
      () => server,
      () => localCaches('redis', [server.port]),
    );
  });

  describe('a start', () => {
    let nodes: RemoteNodes;
    let server: RedisProcess;
    let tlsPort: number;
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-redis-tls-'));
    const file = (name: string) => join(folder, name);
    beforeAll(async () => {
      tlsPort = await freePort();
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key.pem'), '-out', file('cert.pem')];
      execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, ...subject], { stdio: 'ignore' });
      const tls = ['--tls-port', String(tlsPort), '--tls-cert-file', file('cert.pem'), '--tls-key-file', file('key.pem')];
      server = await RedisProcess.start([
        '--requirepass',
        'secret',
        ...tls,
        '--tls-auth-clients',
        'no',
        '--tls-ca-cert-file',
        file('cert.pem'),
      ]);
      nodes = await openRemoteNodes();
    });
    afterAll(async () => {
      await nodes[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });
    const credentials = { username: 'default', password: 'secret' };
    const overTls = (trust: string | undefined, host = 'localhost') =>
      localCaches('redis', [tlsPort], {
        credentials,
        addresses: [{ host, port: tlsPort }],
        tls: { servername: undefined, trustStore: trust === undefined ? undefined : { path: trust, password: undefined } },
      });

    it('ends in one line without a password, and with a wrong one', async () => {
      expect(await refusalOf(nodes.open('a', localCaches('redis', [server.port])))).toContain(
        "it asks for a password; set 'cache-remote-username' and 'cache-remote-password'",
      );
      const wrong = localCaches('redis', [server.port], { credentials: { username: 'default', password: 'hunter2' } });
      const line = await refusalOf(nodes.open('a', wrong));
      expect(line).toContain("it refuses the user 'default' or the password");
      expect(line).not.toContain('hunter2');
    });

    it('trusts a server by a trust store of its own, and no other', async () => {
      expect(await refusalOf(nodes.open('a', overTls(file('cert.pem'))))).toBe('started');
      expect(await refusalOf(nodes.open('a', overTls(undefined)))).toContain('its certificate is not trusted');
      expect(await refusalOf(nodes.open('a', overTls(file('cert.pem'), '127.0.0.1')))).toContain('its certificate is not trusted');
    });

    it('uses the master of several hosts, and waits for its replica where that is wished', async () => {
      await using master = await RedisProcess.start();
      await using replica = await RedisProcess.start(['--replicaof', '127.0.0.1', String(master.port)]);
      await expect.poll(() => replica.command('INFO replication')).toContain('master_link_status:up');
      await using a = await nodes.open('a', localCaches('redis', [replica.port, master.port], { replicas: 1 }), {
        budgetMs: 3_000,
      });
      expect(await a.singleUseObjects.putIfAbsent('mark', 300)).toBe(true);
      expect(await replica.command('EXISTS keygrid:ISPN:actionTokens:mark')).toBe(':1\r\n');
      await replica.kill();
      await expect(a.singleUseObjects.putIfAbsent('late', 300)).rejects.toMatchObject({ statusCode: 503 });
    });

    it('goes on with the replica that was made the master, and with what it holds', async () => {
      await using master = await RedisProcess.start();
      await using replica = await RedisProcess.start(['--replicaof', '127.0.0.1', String(master.port)]);
      await expect.poll(() => replica.command('INFO replication'), { timeout: 30_000 }).toContain('master_link_status:up');
      await using a = await nodes.open('a', localCaches('redis', [master.port, replica.port]), { budgetMs: 60_000 });
      await a.singleUseObjects.put('code', 300, { n: '1' });
      expect(await a.singleUseObjects.putIfAbsent('mark', 300)).toBe(true);
      await expect.poll(() => replica.command('EXISTS keygrid:ISPN:actionTokens:mark'), { timeout: 30_000 }).toBe(':1\r\n');
      await master.kill();
      const taken = Promise.all([1, 2].map(() => a.singleUseObjects.remove('code')));
      expect(await replica.command('REPLICAOF NO ONE')).toContain('OK');
      expect((await taken).filter((notes) => notes !== undefined)).toEqual([{ n: '1' }]);
      expect(await a.singleUseObjects.putIfAbsent('mark', 300)).toBe(false);
    });

    it('refuses a Sentinel, and says what to name instead', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'keygrid-sentinel-'));
      writeFileSync(join(folder, 'sentinel.conf'), '');
      await using sentinel = await RedisProcess.start([], [join(folder, 'sentinel.conf'), '--sentinel']);
      expect(await refusalOf(nodes.open('a', localCaches('redis', [sentinel.port])))).toContain('it is a Sentinel; name the servers');
      rmSync(folder, { recursive: true, force: true });
    });

    it('refuses a server that may drop entries', async () => {
      await using small = await RedisProcess.start(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
      expect(await refusalOf(nodes.open('a', localCaches('redis', [small.port])))).toContain('its maxmemory-policy is allkeys-lru');
    });
  });
});
