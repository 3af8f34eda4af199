import { X509Certificate } from 'node:crypto';

/** Longest header or chain that is looked at, in characters; eight certificates of 4 kB take less. */
const MAX_TEXT = 65_536;
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/g;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

function decoded(base64: string): Buffer | undefined {
  const compact = base64.replaceAll(/\s+/g, '');
  return BASE64.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

function certificate(der: Buffer): X509Certificate | undefined {
  try {
    const parsed = new X509Certificate(der);
    // What follows the certificate would be somebody's attempt to be read in two ways.
    return parsed.raw.length === der.length ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Certificates one after the other, DER. */
function concatenated(der: Buffer): X509Certificate[] {
  const found: X509Certificate[] = [];
  for (let at = 0; at < der.length; ) {
    const length = der[at] === 0x30 && der[at + 1] === 0x82 && at + 4 <= der.length ? 4 + der.readUInt16BE(at + 2) : 0;
    const one = length === 0 ? undefined : certificate(der.subarray(at, at + length));
    if (one === undefined) return [];
    found.push(one);
    at += length;
  }
  return found;
}

/** What a text holds: PEM blocks (line ends may have become spaces), or base64 of DER. Empty where it is none of them. */
export function certificatesIn(text: string): X509Certificate[] {
  if (text.length > MAX_TEXT) return [];
  const blocks = text.match(PEM_BLOCK);
  const parts = blocks?.map((block) => block.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----/g, '')) ?? [text];
  const found: X509Certificate[] = [];
  for (const part of parts) {
    const der = decoded(part);
    const certificates = der === undefined ? [] : concatenated(der);
    if (certificates.length === 0) return [];
    found.push(...certificates);
  }
  return found;
}

/** The text with its percent escapes undone; plus signs stay, as base64 is full of them. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
