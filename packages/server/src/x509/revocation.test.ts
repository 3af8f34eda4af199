import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LocalCache } from '../cache/local-cache.ts';
import { noClientCertificates } from '../http/client-certificate/client-certificates.ts';
import {
  type CertificateAuthority,
  criticalExtension,
  type IssuedCertificate,
  makeAuthority,
  type OcspWish,
} from '../testing/certificate-authority.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { testContext } from '../testing/server-context.ts';
import { createCertificateLogin } from './certificate-login.ts';

const HOUR_MS = 3_600_000;
let root: CertificateAuthority;
let stranger: CertificateAuthority;
let server: Server;
let address: string;
let folder: string;
/** What the authority's server answers, by path; undefined: nothing but 503. */
const lists = new Map<string, Buffer>();
let ocsp: OcspWish = { status: 'good' };
let ocspBy: CertificateAuthority;
let requests = 0;

beforeAll(async () => {
  root = await makeAuthority();
  stranger = await makeAuthority();
  ocspBy = root;
  folder = mkdtempSync(join(tmpdir(), 'keygrid-crl-'));
  server = createServer((request, reply) => {
    requests += 1;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.url === '/ocsp') return void ocspBy.ocspAnswer(Buffer.concat(parts), ocsp).then((answer) => reply.end(answer));
      const list = lists.get(request.url ?? '');
      reply.statusCode = list === undefined ? 503 : 200;
      return void reply.end(list);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  lists.clear();
  ocsp = { status: 'good' };
  ocspBy = root;
  requests = 0;
});

function bed() {
  const clock = new ManualClock(Date.now());
  const cache = new LocalCache({ name: 'crl', maxCount: 1_000, clock });
  const login = createCertificateLogin({
    cache,
    clock,
    outbound: testContext().outbound,
    configurationDirectory: folder,
    cacheSeconds: -1,
    minSecondsBetweenRequests: 10,
    certificates: noClientCertificates,
    authorities: [root.pem],
  });
  const judge = async ({ certificate }: IssuedCertificate, config: Record<string, string>) => {
    const verdict = await login.judge([certificate], {
      'x509-cert-auth.mapping-source-selection': "Subject's Common Name",
      'x509-cert-auth.mapper-selection': 'Username or Email',
      ...config,
    });
    return verdict.ok ? 'good' : verdict.message;
  };
  return { clock, cache, judge };
}

const CRL = { 'x509-cert-auth.crl-checking-enabled': 'true' };
const crlAt = (place: string) => ({ ...CRL, 'x509-cert-auth.crl-relative-path': place });
const byPoint = { ...CRL, 'x509-cert-auth.crldp-checking-enabled': 'true' };
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

describe('a revocation list', () => {
  it('at the address of the certificate refuses what it names, and is asked for once until its next update', async () => {
    const { judge, clock, cache } = bed();
    const names = { subject: 'CN=alice', crlAddresses: [`${address}/list`] };
    const [good, bad] = [await root.issue({ ...names, serial: '4a' }), await root.issue({ ...names, serial: '00c0ffee' })];
    lists.set('/list', await root.crl({ revoked: ['00c0ffee'], nextUpdate: inHours(1) }));
    expect(await judge(bad, byPoint)).toContain("Certificate's been revoked.");
    expect(await judge(good, byPoint)).toBe('good');
    expect([requests, cache.statistics.hits, cache.statistics.stores]).toEqual([1, 1, 1]);
    lists.set('/list', await root.crl({ revoked: ['4a'], thisUpdate: new Date(), nextUpdate: inHours(2) }));
    clock.advanceSeconds(3_601);
    expect(await judge(good, byPoint)).toContain('revoked');
    expect(requests).toBe(2);
  });

  it('that cannot be had anew counts on only where the settings say so, and is asked for again after a while', async () => {
    const { judge, clock } = bed();
    const good = await root.issue({ subject: 'CN=alice', serial: '4a' });
    lists.set('/list', await root.crl({ nextUpdate: inHours(1) }));
    const place = crlAt(`${address}/list`);
    expect(await judge(good, place)).toBe('good');
    lists.clear();
    clock.advanceSeconds(3_700);
    expect(await judge(good, place)).toContain('is not refreshed. Next update is');
    expect(await judge(good, { ...place, 'x509-cert-auth-crl-abort-if-non-updated': 'false' })).toBe('good');
    expect(requests).toBe(2);
    clock.advanceSeconds(11);
    expect(await judge(good, place)).toContain('is not refreshed');
    expect(requests).toBe(3);
  });

  it('in a file is read anew when the file changes', async () => {
    const { judge } = bed();
    const alice = await root.issue({ subject: 'CN=alice', serial: '4b' });
    expect(await judge(alice, crlAt('none.pem'))).toContain('Unable to load CRL from "none.pem"');
    const pem = async (revoked: string[]) =>
      `-----BEGIN X509 CRL-----\n${(await root.crl({ revoked, nextUpdate: inHours(1) })).toString('base64')}\n-----END X509 CRL-----\n`;
    writeFileSync(join(folder, 'crl.pem'), await pem([]));
    expect(await judge(alice, CRL)).toBe('good');
    writeFileSync(join(folder, 'crl.pem'), await pem(['4b', '4c']));
    expect(await judge(alice, CRL)).toContain('revoked');
    expect(await judge(alice, crlAt('../crl.pem'))).toContain('outside of conf/');
  });

  it('is one of several where the settings name several', async () => {
    const { judge } = bed();
    const alice = await root.issue({ subject: 'CN=alice', serial: '4d' });
    lists.set('/one', await root.crl({ nextUpdate: inHours(1) }));
    lists.set('/two', await root.crl({ revoked: ['4d'], nextUpdate: inHours(1) }));
    expect(await judge(alice, crlAt(`${address}/one`))).toBe('good');
    expect(await judge(alice, crlAt(`${address}/one##${address}/two`))).toContain('revoked');
  });

  it.each([
    ['of another authority of the same name', () => stranger.crl({ nextUpdate: inHours(1) })],
    ['of a time to come', () => root.crl({ thisUpdate: inHours(1), nextUpdate: inHours(2) })],
    ['that is a delta', () => root.crl({ nextUpdate: inHours(1), extensions: [criticalExtension('2.5.29.27', '020101')] })],
    ['with a critical extension that nobody knows', () => root.crl({ extensions: [criticalExtension('1.2.3.4', '0500')] })],
    ['of some reasons only', () => root.crl({ extensions: [criticalExtension('2.5.29.28', '300483020780')] })],
    ['of attribute certificates', () => root.crl({ extensions: [criticalExtension('2.5.29.28', '30038501ff')] })],
    ['that is none', async () => Buffer.from('3003020101', 'hex')],
    ['that is cut short', async () => (await root.crl()).subarray(0, 60)],
    ['that is not DER', async () => Buffer.from('<html>')],
    ['that is empty', async () => Buffer.alloc(0)],
  ] as const)('%s lets nobody in', async (_what, make) => {
    const { judge } = bed();
    const alice = await root.issue({ subject: 'CN=alice' });
    lists.set('/list', Buffer.from(await make()));
    expect(await judge(alice, crlAt(`${address}/list`))).not.toBe('good');
  });

  it('does not let a certificate in that no trusted authority vouches for, or that names no list', async () => {
    const { judge } = bed();
    lists.set('/list', await stranger.crl({ nextUpdate: inHours(1) }));
    expect(await judge(await stranger.issue({ subject: 'CN=alice' }), crlAt(`${address}/list`))).toContain('No trusted CA');
    expect(await judge(await root.issue({ subject: 'CN=alice' }), byPoint)).toContain('Could not find any CRL distribution points');
    expect(await judge(await root.issue({ subject: 'CN=alice' }), crlAt('ldap://a.test/list'))).toContain('put it into a file');
  });

  it('in a directory is passed by where the certificate names another way to it', async () => {
    const { judge } = bed();
    const crlAddresses = ['ldap://directory.test/cn=list?certificateRevocationList;binary', `${address}/list`];
    lists.set('/list', await root.crl({ revoked: ['4f'], nextUpdate: inHours(1) }));
    expect(await judge(await root.issue({ subject: 'CN=alice', crlAddresses }), byPoint)).toBe('good');
    expect(await judge(await root.issue({ subject: 'CN=alice', serial: '4f', crlAddresses }), byPoint)).toContain('revoked');
  });

  it('does not hide what a newer one said', async () => {
    const { judge, clock } = bed();
    const alice = await root.issue({ subject: 'CN=alice', serial: '4e' });
    lists.set('/list', await root.crl({ revoked: ['4e'], thisUpdate: new Date(), nextUpdate: inHours(1) }));
    expect(await judge(alice, crlAt(`${address}/list`))).toContain('revoked');
    lists.set('/list', await root.crl({ thisUpdate: new Date(Date.now() - HOUR_MS), nextUpdate: inHours(3) }));
    clock.advanceSeconds(3_601);
    expect(await judge(alice, crlAt(`${address}/list`))).not.toBe('good');
  });
});

describe('an OCSP responder', () => {
  const OCSP = { 'x509-cert-auth.ocsp-checking-enabled': 'true' };
  const alice = () => root.issue({ subject: 'CN=alice', ocspAddress: `${address}/ocsp` });

  it.each(['good', 'revoked', 'unknown'] as const)('decides: %s', async (status) => {
    ocsp = { status };
    const said = await bed().judge(await alice(), OCSP);
    if (status === 'good') expect(said).toBe('good');
    else expect(said).toContain(status === 'revoked' ? 'revoked' : 'revocation status');
  });

  it('may be one whom the authority made a responder, or whom the settings name, and nobody else', async () => {
    const delegated = await root.issue({ subject: 'CN=responder', extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'] });
    const plain = await root.issue({ subject: 'CN=plain' });
    const foreign = await stranger.issue({ subject: 'CN=foreign', extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'] });
    const said = async (signer: IssuedCertificate, config: Record<string, string> = {}) => {
      ocsp = { status: 'good', signer };
      return bed().judge(await alice(), { ...OCSP, ...config });
    };
    expect(await said(delegated)).toBe('good');
    for (const other of [plain, foreign]) expect(await said(other)).toContain('not signed by somebody who may');
    const base64 = foreign.certificate.raw.toString('base64');
    const named = { 'x509-cert-auth.ocsp-responder-uri': `${address}/ocsp`, 'x509-cert-auth.ocsp-responder-certificate': base64 };
    expect(await said(foreign, named)).toBe('good');
    expect(await said(delegated, named)).toContain('not signed by somebody who may');
  });

  it('is not heard when it answers another question, or of another time', async () => {
    const said = async (wish: OcspWish) => {
      ocsp = wish;
      return bed().judge(await alice(), OCSP);
    };
    expect(await said({ status: 'good', nonce: false })).toBe('good');
    expect(await said({ status: 'good', nonce: 'another' })).toContain('another question');
    expect(await said({ status: 'good', thisUpdate: inHours(1) })).toContain('not of now');
    expect(await said({ status: 'good', thisUpdate: inHours(-2), nextUpdate: inHours(-1) })).toContain('not of now');
    ocspBy = stranger;
    expect(await said({ status: 'good' })).toContain('not signed');
  });

  it('that is not there refuses, unless the settings let pass: but never what is revoked', async () => {
    const open = { ...OCSP, 'x509-cert-auth.ocsp-fail-open': 'true' };
    const silent = await root.issue({ subject: 'CN=alice', ocspAddress: `${address}/nothing` });
    expect(await bed().judge(silent, OCSP)).toContain('HTTP status 503');
    expect(await bed().judge(silent, open)).toBe('good');
    expect(await bed().judge(await root.issue({ subject: 'CN=alice' }), OCSP)).toContain('names no OCSP responder');
    ocsp = { status: 'revoked' };
    expect(await bed().judge(await alice(), open)).toContain('revoked');
  });
});

describe('the checks of a certificate', () => {
  it.each([
    [{ keyUsage: 1 }, { 'x509-cert-auth.keyusage': 'digitalSignature' }, 'good'],
    [{ keyUsage: 4 }, { 'x509-cert-auth.keyusage': 'digitalSignature' }, "Key Usage bit 'digitalSignature' is not set."],
    [{}, { 'x509-cert-auth.keyusage': 'digitalSignature' }, 'good'],
    [{ extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] }, { 'x509-cert-auth.extendedkeyusage': '1.3.6.1.5.5.7.3.2' }, 'good'],
    [{ extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] }, { 'x509-cert-auth.extendedkeyusage': '1.3.6.1.5.5.7.3.2' }, 'is missing'],
    [{ policies: ['1.2.3'] }, { 'x509-cert-auth.certificate-policy': '1.2.3,1.2.4' }, 'mode = ALL'],
    [
      { policies: ['1.2.3'] },
      { 'x509-cert-auth.certificate-policy': '1.2.3,1.2.4', 'x509-cert-auth.certificate-policy-mode': 'Any' },
      'good',
    ],
    [{}, { 'x509-cert-auth.certificate-policy': '1.2.3', 'x509-cert-auth.certificate-policy-mode': 'Any' }, 'mode = ANY'],
    [{ notAfter: inHours(-1) }, {}, 'expired'],
    [{ notAfter: inHours(-1) }, { 'x509-cert-auth.timestamp-validation-enabled': 'false' }, 'good'],
    [{ notBefore: inHours(1) }, {}, 'not yet valid'],
  ] as const)('%j with %j: %s', async (wish, config, said) => {
    const alice = await root.issue({ subject: 'CN=alice', ...wish });
    expect(await bed().judge(alice, { ...config })).toContain(said);
  });

  it('look for the authority anew where the settings say so, and keep to the lengths of paths', async () => {
    const revalidate = { 'x509-cert-auth.revalidate-certificate-enabled': 'true' };
    expect(await bed().judge(await root.issue({ subject: 'CN=alice' }), revalidate)).toBe('good');
    expect(await bed().judge(await stranger.issue({ subject: 'CN=alice' }), revalidate)).toContain('No trusted CA');
    expect(await bed().judge(await stranger.issue({ subject: 'CN=alice' }), {})).toBe('good');
  });
});
