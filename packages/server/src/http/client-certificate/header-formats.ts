import type { X509Certificate } from 'node:crypto';
import type { PresentedCertificates } from './client-certificates.ts';
import { certificatesIn, percentDecoded } from './read-certificates.ts';

/** Headers by name, of those that came once; a repeated one is nobody's honest proxy. */
export type HeaderReader = (name: string) => string | undefined;

/** How a kind of proxy passes a certificate on; undefined where it says that there is none, or says it wrongly. */
export type HeaderFormat = (header: HeaderReader) => PresentedCertificates | undefined;

/** Proxies that pass on what they checked. */
const checked = (leaf: X509Certificate | undefined, rest: readonly X509Certificate[] = []): PresentedCertificates | undefined =>
  leaf && { chain: [leaf, ...rest], isVouchedFor: true };

const unquoted = (text: string): string => text.trim().replace(/^"(.*)"$/s, '$1');

/** One certificate in one header, and no more than one. */
function only(certificates: readonly X509Certificate[]): X509Certificate | undefined {
  return certificates.length === 1 ? certificates[0] : undefined;
}

/** `prefix_0`, `prefix_1` and so on, as long as they come. */
function numbered(header: HeaderReader, prefix: string | undefined, length: number): readonly X509Certificate[] {
  const found: X509Certificate[] = [];
  for (let index = 0; prefix !== undefined && index < length; index += 1) {
    const next = only(certificatesIn(unquoted(header(`${prefix}_${index}`) ?? '')));
    if (next === undefined) break;
    found.push(next);
  }
  return found;
}

export interface HeaderNames {
  readonly certificate: string;
  /** Header of the whole chain. */
  readonly chain?: string | undefined;
  /** What the headers of the chain begin with, where each holds one certificate. */
  readonly chainPrefix?: string | undefined;
  readonly chainLength: number;
}

/** nginx: PEM, percent-escaped ($ssl_client_escaped_cert). With `verified` nginx has to say in ssl-client-verify that it checked the certificate. */
export function nginxFormat(name: string, escaped: boolean, verified: boolean): HeaderFormat {
  return (header) => {
    const text = unquoted(header(name) ?? '');
    const leaf = only(certificatesIn(escaped ? percentDecoded(text) : text));
    if (leaf === undefined || (verified && header('ssl-client-verify') !== 'SUCCESS')) return undefined;
    return { chain: [leaf], isVouchedFor: verified };
  };
}

/** Apache: PEM with its line ends as spaces, the chain in numbered headers; `(null)` for no certificate. */
export function apacheFormat(names: HeaderNames): HeaderFormat {
  return (header) => {
    const leaf = only(certificatesIn(unquoted(header(names.certificate) ?? '')));
    return checked(leaf, numbered(header, names.chainPrefix, names.chainLength));
  };
}

/** HAProxy: base64 of DER (ssl_c_der), the chain in one header (ssl_c_chain_der) or, as it was before, in numbered ones. */
export function haproxyFormat(names: HeaderNames): HeaderFormat {
  return (header) => {
    const leaf = only(certificatesIn(unquoted(header(names.certificate) ?? '')));
    if (leaf === undefined) return undefined;
    const text = names.chain === undefined ? '' : unquoted(header(names.chain) ?? '');
    const chain = text === '' ? numbered(header, names.chainPrefix, names.chainLength) : certificatesIn(text);
    return checked(leaf, chain.slice(0, names.chainLength));
  };
}

/** Traefik: base64 of DER, leaf and chain with commas between. */
export function traefikFormat(chainLength: number): HeaderFormat {
  return (header) => {
    const parts = percentDecoded(header('x-forwarded-tls-client-cert') ?? '').split(',');
    const [leaf, ...chain] = parts.slice(0, 1 + chainLength).map((part) => only(certificatesIn(part)));
    return chain.every((one) => one !== undefined) ? checked(leaf, chain) : undefined;
  };
}

/** Envoy: elements of `Key=Value` pairs; the last element is that of the proxy next to us. */
export const envoyFormat: HeaderFormat = (header) => {
  const pairs = new Map<string, string>();
  const element = (header('x-forwarded-client-cert') ?? '').match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g)?.at(-1) ?? '';
  for (const pair of element.match(/(?:"(?:[^"\\]|\\.)*"|[^";])+/g) ?? []) {
    const at = pair.indexOf('=');
    if (at > 0) pairs.set(pair.slice(0, at).trim(), percentDecoded(unquoted(pair.slice(at + 1))));
  }
  const leaf = only(certificatesIn(pairs.get('Cert') ?? ''));
  const chain = certificatesIn(pairs.get('Chain') ?? '');
  return checked(
    leaf,
    chain.filter((one) => one.fingerprint256 !== leaf?.fingerprint256),
  );
};

/** A byte sequence of structured fields (RFC 8941 section 3.3.5). */
function byteSequence(text: string): X509Certificate | undefined {
  const [, base64] = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(text.trim()) ?? [];
  return base64 === undefined ? undefined : only(certificatesIn(base64));
}

/** RFC 9440: Client-Cert is a byte sequence, Client-Cert-Chain a list of them. */
export function rfc9440Format(names: HeaderNames): HeaderFormat {
  return (header) => {
    const leaf = byteSequence(header(names.certificate) ?? '');
    if (leaf === undefined) return undefined;
    const listed = names.chain === undefined ? undefined : header(names.chain);
    const chain = (listed?.split(',') ?? []).slice(0, names.chainLength).map(byteSequence);
    return chain.every((one) => one !== undefined) ? checked(leaf, chain) : undefined;
  };
}
