import type { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeAuthority } from '../../testing/certificate-authority.ts';
import {
  apacheFormat,
  envoyFormat,
  type HeaderFormat,
  haproxyFormat,
  nginxFormat,
  rfc9440Format,
  traefikFormat,
} from './header-formats.ts';

const root = await makeAuthority();
const between = await root.subordinate({ subject: 'CN=between' });
const alice = await between.issue({ subject: 'CN=alice' });
const base64 = ({ certificate }: { certificate: X509Certificate }) => certificate.raw.toString('base64');
const chainOf = (format: HeaderFormat, headers: Record<string, string>) =>
  format((name) => headers[name.toLowerCase()])?.chain.map(({ subject }) => subject);

describe('a proxy passes the certificate of a client on as', () => {
  it('nginx does: escaped PEM, vouched for only where it says so', () => {
    const escaped = encodeURIComponent(alice.pem);
    expect(nginxFormat('ssl-cert', true, false)(() => escaped)).toMatchObject({ isVouchedFor: false });
    expect(chainOf(nginxFormat('ssl-cert', true, true), { 'ssl-cert': escaped, 'ssl-client-verify': 'SUCCESS' })).toEqual(['CN=alice']);
    expect(chainOf(nginxFormat('ssl-cert', false, false), { 'ssl-cert': alice.pem.replaceAll('\n', ' ') })).toEqual(['CN=alice']);
    for (const verify of ['NONE', 'FAILED:expired', ''])
      expect(chainOf(nginxFormat('ssl-cert', true, true), { 'ssl-cert': escaped, 'ssl-client-verify': verify })).toBeUndefined();
  });

  it('HAProxy does: base64 of DER, the chain in one header or in numbered ones', () => {
    const names = { certificate: 'ssl-cert', chain: 'ssl-chain', chainPrefix: 'chain', chainLength: 2 };
    const both = Buffer.concat([between.certificate.raw, root.certificate.raw]).toString('base64');
    expect(chainOf(haproxyFormat(names), { 'ssl-cert': base64(alice), 'ssl-chain': both })).toEqual([
      'CN=alice',
      'CN=between',
      'CN=Test Root\nO=Example',
    ]);
    expect(chainOf(haproxyFormat(names), { 'ssl-cert': base64(alice), chain_0: base64(between) })).toEqual(['CN=alice', 'CN=between']);
    expect(chainOf(haproxyFormat({ ...names, chainLength: 0 }), { 'ssl-cert': base64(alice), 'ssl-chain': both })).toEqual(['CN=alice']);
  });

  it('Apache does: PEM in one line, or (null)', () => {
    const format = apacheFormat({ certificate: 'ssl-cert', chainPrefix: 'chain', chainLength: 1 });
    const line = (pem: string) => pem.replaceAll('\n', ' ');
    expect(chainOf(format, { 'ssl-cert': line(alice.pem), chain_0: line(between.pem), chain_1: line(root.pem) })).toEqual([
      'CN=alice',
      'CN=between',
    ]);
    expect(chainOf(format, { 'ssl-cert': '(null)' })).toBeUndefined();
  });

  it('Traefik does: base64 with commas between', () => {
    const header = { 'x-forwarded-tls-client-cert': `${base64(alice)},${base64(between)}` };
    expect(chainOf(traefikFormat(1), header)).toEqual(['CN=alice', 'CN=between']);
    expect(chainOf(traefikFormat(0), header)).toEqual(['CN=alice']);
  });

  it('Envoy does: the last element is the word of the proxy next to us', () => {
    const element = (one: { pem: string }) => `Hash=abc;Subject="CN=a,O=\\"b\\"";Cert="${encodeURIComponent(one.pem)}"`;
    expect(chainOf(envoyFormat, { 'x-forwarded-client-cert': element(alice) })).toEqual(['CN=alice']);
    expect(chainOf(envoyFormat, { 'x-forwarded-client-cert': `${element(root)},${element(alice)}` })).toEqual(['CN=alice']);
    expect(chainOf(envoyFormat, { 'x-forwarded-client-cert': `By=x;Hash=y` })).toBeUndefined();
  });

  it('RFC 9440 has it: byte sequences', () => {
    const format = rfc9440Format({ certificate: 'client-cert', chain: 'client-cert-chain', chainLength: 1 });
    const chain = `:${base64(between)}:, :${base64(root)}:`;
    expect(chainOf(format, { 'client-cert': `:${base64(alice)}:`, 'client-cert-chain': chain })).toEqual(['CN=alice', 'CN=between']);
    expect(chainOf(format, { 'client-cert': `:${base64(alice)}:`, 'client-cert-chain': 'x' })).toBeUndefined();
    for (const wrong of [
      '',
      '::',
      base64(alice),
      `:${base64(alice)}`,
      `:${base64(alice)}:;a=1`,
      `:${base64(alice)}:,:${base64(root)}:`,
      ':AAAA:',
    ])
      expect(chainOf(format, { 'client-cert': wrong })).toBeUndefined();
  });

  it.each(['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', '%', 'A'.repeat(100_000)])(
    'nothing where it holds %j',
    (text) => {
      for (const format of [
        nginxFormat('c', true, false),
        haproxyFormat({ certificate: 'c', chainLength: 1 }),
        apacheFormat({ certificate: 'c', chainLength: 1 }),
        traefikFormat(1),
        envoyFormat,
        rfc9440Format({ certificate: 'c', chainLength: 1 }),
      ])
        expect(format(() => text)).toBeUndefined();
    },
  );

  it('one certificate and not two, nor one with something behind it', () => {
    const haproxy = haproxyFormat({ certificate: 'c', chainLength: 1 });
    const twice = Buffer.concat([alice.certificate.raw, root.certificate.raw]).toString('base64');
    const more = Buffer.concat([alice.certificate.raw, Buffer.from('x')]).toString('base64');
    for (const text of [twice, more]) expect(haproxy(() => text)).toBeUndefined();
    expect(nginxFormat('c', true, false)(() => encodeURIComponent(alice.pem + root.pem))).toBeUndefined();
  });
});
