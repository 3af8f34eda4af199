import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '../../bench/drivers/http.ts';
import { benchRealm } from '../../bench/servers/server.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { type CertificateAuthority, makeAuthority } from '../../packages/server/src/testing/certificate-authority.ts';
import { findFacility } from '../../scripts/testing/skips.ts';
import { startTestCluster, type TestCluster, until } from './test-cluster.ts';
import { tlsCall } from './tls-call.ts';

/** How the certificate of a client reaches a node. */
export type Way = 'direct' | 'nginx' | 'haproxy' | 'rfc9440';

/** A node for each way, an authority, and what the authority publishes. */
export interface CertificateCluster {
  readonly root: CertificateAuthority;
  readonly cluster: TestCluster;
  /** Base URL of each way that can be gone on this machine. */
  readonly bases: ReadonlyMap<Way, string>;
  /** Plain addresses of the nodes, which no browser sees. */
  readonly plain: ReadonlyMap<Way, string>;
  /** Address of the revocation list; `lists` says what it answers. */
  readonly crlAddress: string;
  readonly lists: Map<string, Buffer>;
  /** How often lists were asked for. */
  asked(): number;
  admin(
    method: string,
    path: string,
    json?: unknown,
  ): Promise<{ readonly status: number; readonly text: string; readonly location: string | undefined }>;
  stop(): Promise<void>;
}

const ways: readonly Way[] = ['direct', 'nginx', 'haproxy', 'rfc9440'];
const programs: Readonly<Partial<Record<Way, 'nginx' | 'haproxy'>>> = { nginx: 'nginx', haproxy: 'haproxy', rfc9440: 'haproxy' };

/** Configurations of proxies that ask for a certificate of `ca.pem` and pass it on; ports and files are filled in. */
const nginxFile = (folder: string, port: number, node: number): string => `
worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn; daemon off;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/server.pem; ssl_certificate_key ${folder}/server.key;
    ssl_client_certificate ${folder}/ca.pem; ssl_verify_client optional;
    proxy_buffer_size 32k; proxy_buffers 8 32k;
    location / {
      proxy_pass http://127.0.0.1:${node};
      proxy_set_header Host $host:$server_port;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Host $host:$server_port;
      proxy_set_header ssl-client-cert $ssl_client_escaped_cert;
      proxy_set_header ssl-client-verify $ssl_client_verify;
    }
  }
}
`;
const haproxyFile = (folder: string, haproxyPort: number, haproxyNode: number, rfcPort: number, rfcNode: number): string => `
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
frontend plain
  bind 127.0.0.1:${haproxyPort} ssl crt ${folder}/server-and-key.pem ca-file ${folder}/ca.pem verify optional
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request del-header ssl-client-cert
  http-request set-header ssl-client-cert %[ssl_c_der,base64] if { ssl_c_used }
  default_backend plain
backend plain
  server n 127.0.0.1:${haproxyNode}
frontend rfc
  bind 127.0.0.1:${rfcPort} ssl crt ${folder}/server-and-key.pem ca-file ${folder}/ca.pem verify optional
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request del-header client-cert
  http-request set-header client-cert :%[ssl_c_der,base64]: if { ssl_c_used }
  default_backend rfc
backend rfc
  server n 127.0.0.1:${rfcNode}
`;

function publish(lists: ReadonlyMap<string, Buffer>): Promise<{ server: Server; address: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, reply) => {
    asked += 1;
    const list = lists.get(request.url ?? '');
    reply.statusCode = list === undefined ? 503 : 200;
    reply.end(list);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`, asked: () => asked }),
    );
  });
}

async function administer(base: string): Promise<CertificateCluster['admin']> {
  const answer = await call(`${base}/realms/master/protocol/openid-connect/token`, {
    form: { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' },
  });
  const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
  return async (method, path, json) => {
    const { status, text, headers } = await call(`${base}/admin/realms/test${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(json === undefined ? {} : { json }),
    });
    return { status, text, location: headers.location };
  };
}

/** Starts a node for each way, and the proxies that this machine has, with the realm `test`. */
export async function startCertificateCluster(realm: Readonly<Record<string, unknown>> = {}): Promise<CertificateCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-certificates-'));
  const root = await makeAuthority();
  const own = await root.issue({
    subject: 'CN=localhost',
    names: [
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
    ],
  });
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const files = { cert: write('server.pem', own.pem), key: write('server.key', own.key), ca: write('ca.pem', root.pem) };
  write('server-and-key.pem', `${own.pem}\n${own.key}`);
  const [tls = 0, nginx = 0, haproxy = 0, rfc9440 = 0] = await freePorts(4);
  const lookups: Readonly<Record<Way, readonly string[]>> = {
    direct: [
      `--https-port=${tls}`,
      `--https-certificate-file=${files.cert}`,
      `--https-certificate-key-file=${files.key}`,
      `--https-trust-store-file=${files.ca}`,
      '--https-client-auth=request',
      '--http-management-scheme=http',
      '--cache-embedded-crl-max-count=1',
    ],
    nginx: [
      '--spi-x509cert-lookup--provider=nginx',
      '--spi-x509cert-lookup--nginx--ssl-client-cert=ssl-client-cert',
      `--truststore-paths=${files.ca}`,
    ],
    haproxy: [
      '--spi-x509cert-lookup--provider=haproxy',
      '--spi-x509cert-lookup--haproxy--ssl-client-cert=ssl-client-cert',
      `--truststore-paths=${files.ca}`,
    ],
    rfc9440: ['--spi-x509cert-lookup--provider=rfc9440', `--truststore-paths=${files.ca}`],
  };
  const lists = new Map<string, Buffer>();
  const published = await publish(lists);
  const children: ChildProcess[] = [];
  const cluster = await startTestCluster(4, {
    hostname: '',
    extraArguments: ['--hostname-strict=false'],
    nodeArguments: (index) => lookups[ways[index] ?? 'direct'],
    realms: [{ ...benchRealm('test', 4), ...realm }],
  });
  const stop = async (): Promise<void> => {
    for (const child of children) child.kill('SIGTERM');
    await cluster.stop();
    published.server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const port = (way: Way): number => cluster.server.nodes[ways.indexOf(way)]?.options.ports.http ?? 0;
    const bases = new Map<Way, string>([['direct', `https://localhost:${tls}`]]);
    const start = (program: string, args: readonly string[]): void => void children.push(spawn(program, args, { stdio: 'ignore' }));
    const nginxProgram = findFacility('nginx');
    if (nginxProgram !== undefined) {
      start(nginxProgram, ['-c', write('nginx.conf', nginxFile(folder, nginx, port('nginx')))]);
      bases.set('nginx', `https://localhost:${nginx}`);
    }
    const haproxyProgram = findFacility('haproxy');
    if (haproxyProgram !== undefined) {
      start(haproxyProgram, ['-db', '-f', write('haproxy.cfg', haproxyFile(folder, haproxy, port('haproxy'), rfc9440, port('rfc9440')))]);
      bases.set('haproxy', `https://localhost:${haproxy}`).set('rfc9440', `https://localhost:${rfc9440}`);
    }
    for (const [way, base] of bases) {
      await until(`${way} answers`, async () => {
        const answer = await tlsCall(`${base}/realms/test`, { ca: root.pem }).catch(() => undefined);
        return answer?.status === 200;
      });
    }
    return {
      root,
      cluster,
      bases,
      plain: new Map(ways.map((way) => [way, `http://127.0.0.1:${port(way)}`])),
      crlAddress: published.address,
      lists,
      asked: published.asked,
      admin: await administer(`http://127.0.0.1:${port('direct')}`),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a way needs that a machine may lack. */
export function programOf(way: Way): 'nginx' | 'haproxy' | undefined {
  return programs[way];
}
