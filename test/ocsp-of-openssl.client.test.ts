import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalCache } from '../packages/server/src/cache/local-cache.ts';
import { noClientCertificates } from '../packages/server/src/http/client-certificate/client-certificates.ts';
import { type CertificateAuthority, type IssuedCertificate, makeAuthority } from '../packages/server/src/testing/certificate-authority.ts';
import { ManualClock } from '../packages/server/src/testing/manual-clock.ts';
import { testContext } from '../packages/server/src/testing/server-context.ts';
import { createCertificateLogin } from '../packages/server/src/x509/certificate-login.ts';
import { findFacility } from '../scripts/testing/skips.ts';

const openssl = findFacility('openssl');
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const DAY_MS = 86_400_000;

/** A time as the index of OpenSSL's authority has it: YYMMDDHHMMSSZ. */
const indexTime = (atMs: number): string => `${new Date(atMs).toISOString().replace(/\D/g, '').slice(2, 14)}Z`;

describe.skipIf(openssl === undefined)('the OCSP responder of OpenSSL', () => {
  let root: CertificateAuthority;
  let folder: string;
  let server: Server;
  let address: string;
  /** Who signs, and further arguments of the program. */
  let signer: IssuedCertificate;
  let more: readonly string[] = [];
  let asked = 0;

  const at = (name: string): string => join(folder, name);
  const inIndex: string[] = [];

  beforeAll(async () => {
    root = await makeAuthority();
    signer = root;
    folder = mkdtempSync(join(tmpdir(), 'keygrid-ocsp-'));
    writeFileSync(at('ca.pem'), root.pem);
    server = createServer((request, reply) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        answer(Buffer.concat(parts)).then(
          (body) => reply.setHeader('content-type', 'application/ocsp-response').end(body),
          () => reply.writeHead(500).end(),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server?.close();
    server?.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  async function answer(question: Buffer): Promise<Buffer> {
    asked += 1;
    const [request, response] = [at(`request-${asked}`), at(`response-${asked}`)];
    writeFileSync(request, question);
    writeFileSync(at('index.txt'), inIndex.join(''));
    writeFileSync(at('signer.pem'), `${signer.pem}\n${signer.key}`);
    const program = ['ocsp', '-index', at('index.txt'), '-CA', at('ca.pem'), '-rsigner', at('signer.pem')];
    await promisify(execFile)(openssl ?? '', [...program, '-reqin', request, '-respout', response, ...more]);
    return readFileSync(response);
  }

  /** Issues a certificate and enters it into the authority's books; undefined leaves it out. */
  async function issued(serial: string, state: 'V' | 'R' | undefined): Promise<IssuedCertificate> {
    const certificate = await root.issue({ subject: `CN=alice ${serial}`, serial, ocspAddress: address });
    const revoked = state === 'R' ? `${indexTime(Date.now() - DAY_MS)},keyCompromise` : '';
    const columns = [state, indexTime(Date.now() + DAY_MS), revoked, serial.toUpperCase(), 'unknown', `/CN=alice ${serial}`];
    if (state !== undefined) inIndex.push(`${columns.join('\t')}\n`);
    return certificate;
  }

  async function judged({ certificate }: IssuedCertificate, config: Readonly<Record<string, string>> = {}): Promise<string> {
    const clock = new ManualClock(Date.now());
    const login = createCertificateLogin({
      cache: new LocalCache({ name: 'crl', maxCount: 10, clock }),
      clock,
      outbound: testContext().outbound,
      configurationDirectory: folder,
      cacheSeconds: -1,
      minSecondsBetweenRequests: 10,
      certificates: noClientCertificates,
      authorities: [root.pem],
    });
    const verdict = await login.judge([certificate], {
      'x509-cert-auth.mapping-source-selection': "Subject's Common Name",
      'x509-cert-auth.mapper-selection': 'Username or Email',
      'x509-cert-auth.ocsp-checking-enabled': 'true',
      ...config,
    });
    return verdict.ok ? 'good' : verdict.message;
  }

  it('is understood, and understands: good, revoked, unknown', async () => {
    const before = asked;
    expect(await judged(await issued('4a01', 'V'))).toBe('good');
    expect(await judged(await issued('4a02', 'R'))).toContain("Certificate's been revoked.");
    expect(await judged(await issued('4a03', undefined))).toContain('revocation status');
    expect(asked - before).toBe(3);
  });

  it('may be one whom the authority made a responder, and nobody else', async () => {
    const alice = await issued('4a04', 'V');
    signer = await root.issue({ subject: 'CN=responder', extendedKeyUsage: [OCSP_SIGNING] });
    expect(await judged(alice)).toBe('good');
    signer = await root.issue({ subject: 'CN=plain' });
    expect(await judged(alice)).toContain('not signed by somebody who may');
    signer = root;
  });

  it('is heard as long as its answer says, with the hash of names that it chose', async () => {
    const alice = await issued('4a05', 'V');
    more = ['-nmin', '60', '-resp_key_id', '-rmd', 'sha384'];
    expect(await judged(alice)).toBe('good');
    more = ['-rmd', 'sha1'];
    expect(await judged(alice)).toContain('not signed');
    more = [];
  });

  it('lets nobody in by its silence, unless the settings say so', async () => {
    const alice = await issued('4a06', 'V');
    more = ['-no-such-option'];
    expect(await judged(alice)).toContain('HTTP status 500');
    expect(await judged(alice, { 'x509-cert-auth.ocsp-fail-open': 'true' })).toBe('good');
    more = [];
  });
});
