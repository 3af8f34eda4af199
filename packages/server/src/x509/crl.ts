import type { KeyObject } from 'node:crypto';
import { childrenOf, contentOf, type DerElement, DerError, oidOf, readElement, serialOf, TAG, timeOf, wholeOf } from './der.ts';
import { isSignedBy } from './signature.ts';

/** A revocation list (RFC 5280 section 5), complete and of its own issuer. Read without the ASN.1 library, which gives up on long lists. */
export interface Crl {
  /** Name of the issuer, DER. */
  readonly issuer: Uint8Array;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | undefined;
  /** Addresses by which the list says it is to be found; empty where it says nothing. */
  readonly distributionPoints: readonly string[];
  /** Serial number (hexadecimal, upper case) -> epoch milliseconds of the revocation. */
  readonly revoked: ReadonlyMap<string, number>;
}

/** A list with the means to see who signed it; those hold the whole list, so only `crl` is kept. */
export interface ParsedCrl {
  readonly crl: Crl;
  isSignedBy(key: KeyObject): boolean;
}

/** Most entries of one list. */
const MAX_ENTRIES = 1_000_000;
const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';
const CERTIFICATE_ISSUER = '2.5.29.29';
/** Critical extensions of a list that are understood. */
const UNDERSTOOD: ReadonlySet<string> = new Set([ISSUING_DISTRIBUTION_POINT, '2.5.29.20', '2.5.29.35']);
/** Critical extensions of an entry that are understood: reason and invalidity date. */
const UNDERSTOOD_IN_ENTRY: ReadonlySet<string> = new Set(['2.5.29.21', '2.5.29.24']);

interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

function* extensionsOf(bytes: Uint8Array, list: DerElement): Generator<Extension> {
  for (const extension of childrenOf(bytes, list)) {
    const [identifier, ...rest] = childrenOf(bytes, extension);
    const value = rest.at(-1);
    if (identifier === undefined || value?.tag !== TAG.octetString) throw new DerError('an extension without a value');
    const flag = rest.length === 2 ? rest[0] : undefined;
    yield {
      oid: oidOf(bytes, identifier),
      critical: flag !== undefined && bytes[flag.contentStart] === 0xff,
      value: contentOf(bytes, value),
    };
  }
}

/** Addresses of a list that stands at several places. A list of some reasons only, or of other issuers, would leave revocations out. */
function distributionPointsOf(value: Uint8Array): readonly string[] {
  const found: string[] = [];
  for (const part of childrenOf(value, readElement(value, 0, value.length))) {
    if (part.tag === 0xa0) {
      for (const name of childrenOf(value, part)) {
        if (name.tag !== 0xa0) continue;
        for (const one of childrenOf(value, name)) if (one.tag === 0x86) found.push(Buffer.from(contentOf(value, one)).toString('latin1'));
      }
    } else if (part.tag === 0x83) throw new DerError('the list is of some reasons only');
    else if (part.tag === 0x84) throw new DerError('the list is of other issuers too');
    else if (part.tag === 0x82 || part.tag === 0x85) throw new DerError('the list is not of end-entity certificates');
  }
  return found;
}

function revokedOf(bytes: Uint8Array, list: DerElement): ReadonlyMap<string, number> {
  const revoked = new Map<string, number>();
  for (const entry of childrenOf(bytes, list)) {
    const [serial, date, extensions] = childrenOf(bytes, entry);
    if (serial === undefined || date === undefined) throw new DerError('an entry without a date');
    if (extensions !== undefined) {
      for (const { oid, critical } of extensionsOf(bytes, extensions)) {
        if (oid === CERTIFICATE_ISSUER || (critical && !UNDERSTOOD_IN_ENTRY.has(oid)))
          throw new DerError(`an entry with the extension ${oid}`);
      }
    }
    revoked.set(serialOf(bytes, serial), timeOf(bytes, date));
    if (revoked.size > MAX_ENTRIES) throw new DerError(`more than ${MAX_ENTRIES} entries`);
  }
  return revoked;
}

/** DER of a list that came as DER or PEM. */
export function crlBytes(file: Uint8Array): Uint8Array {
  if (file[0] === TAG.sequence) return file;
  const [, base64] = /-----BEGIN X509 CRL-----([\sA-Za-z0-9+/=]+)-----END X509 CRL-----/.exec(Buffer.from(file).toString('latin1')) ?? [];
  if (base64 === undefined) throw new DerError('neither DER nor PEM');
  return Buffer.from(base64, 'base64');
}

/** @throws DerError for what is no list, or one that cannot be taken for the whole truth about its issuer (delta, indirect, by reason) */
export function parseCrl(file: Uint8Array): ParsedCrl {
  const bytes = crlBytes(file);
  const outer = readElement(bytes, 0, bytes.length);
  const [tbs, algorithm, signature] = childrenOf(bytes, outer);
  if (tbs?.tag !== TAG.sequence || algorithm?.tag !== TAG.sequence || signature?.tag !== TAG.bitString)
    throw new DerError('no revocation list');
  const parts = [...childrenOf(bytes, tbs)];
  if (parts[0]?.tag === TAG.integer) parts.shift();
  const [inner, issuer, thisUpdate, ...rest] = parts;
  if (inner === undefined || issuer === undefined || thisUpdate === undefined) throw new DerError('no revocation list');
  const algorithmBytes = wholeOf(bytes, algorithm);
  if (Buffer.compare(wholeOf(bytes, inner), algorithmBytes) !== 0) throw new DerError('the list names two algorithms');
  const next = rest[0]?.tag === TAG.utcTime || rest[0]?.tag === TAG.generalizedTime ? rest.shift() : undefined;
  const entries = rest[0]?.tag === TAG.sequence ? rest.shift() : undefined;
  const [wrapper] = rest;
  let distributionPoints: readonly string[] = [];
  if (wrapper?.tag === 0xa0) {
    for (const { oid, critical, value } of extensionsOf(bytes, readElement(bytes, wrapper.contentStart, wrapper.end))) {
      if (critical && !UNDERSTOOD.has(oid)) throw new DerError(`the list has the critical extension ${oid}`);
      if (oid === ISSUING_DISTRIBUTION_POINT) distributionPoints = distributionPointsOf(value);
    }
  }
  return {
    crl: {
      issuer: Uint8Array.from(wholeOf(bytes, issuer)),
      thisUpdateMs: timeOf(bytes, thisUpdate),
      nextUpdateMs: next && timeOf(bytes, next),
      distributionPoints,
      revoked: entries === undefined ? new Map() : revokedOf(bytes, entries),
    },
    isSignedBy: (key) => isSignedBy(key, algorithmBytes, wholeOf(bytes, tbs), contentOf(bytes, signature).subarray(1)),
  };
}
