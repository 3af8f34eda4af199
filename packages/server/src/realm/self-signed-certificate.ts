import { type KeyObject, randomBytes, sign } from 'node:crypto';

const sequence = 0x30;
const set = 0x31;
const utf8String = 0x0c;
const utcTime = 0x17;
const integer = 0x02;
const bitString = 0x03;
/** 1.2.840.113549.1.1.11 (sha256WithRSAEncryption) with its NULL parameter. RFC 4055 section 5. */
const sha256WithRsa = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
/** 1.2.840.10045.4.3.2 (ecdsa-with-SHA256), without parameters. RFC 5758 section 3.2. */
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
/** 2.5.4.3 (commonName). */
const commonName = Buffer.from('0603550403', 'hex');
const lifetimeYears = 10;

/** DER of an X.509 version 1 certificate (RFC 5280 section 4.1) of an RSA or EC key with CN = the realm's name, as Keycloak puts beside its keys. */
export function selfSignedCertificate(name: string, publicKeyDer: Uint8Array, privateKey: KeyObject, now: Date): Uint8Array {
  const subject = der(sequence, der(set, der(sequence, commonName, der(utf8String, Buffer.from(name, 'utf8')))));
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + lifetimeYears);
  const serial = randomBytes(16);
  // A positive number without a leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const algorithm = privateKey.asymmetricKeyType === 'ec' ? ecdsaWithSha256 : sha256WithRsa;
  const body = der(
    sequence,
    der(integer, serial),
    algorithm,
    subject,
    der(sequence, der(utcTime, timeOf(now)), der(utcTime, timeOf(end))),
    subject,
    publicKeyDer,
  );
  return new Uint8Array(der(sequence, body, algorithm, der(bitString, Buffer.of(0), sign('sha256', body, privateKey))));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const size = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | size.length), size, content]);
}

/** YYMMDDHHMMSSZ; good until 2049. */
function timeOf(date: Date): Buffer {
  return Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`, 'latin1');
}
