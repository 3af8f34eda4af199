import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { StoredCertificate } from './certificate.ts';

const dayMs = 86_400_000;
/** Start of validity lies back: a member whose clock is hours ahead may be the one that makes it, and the others must take it at once. */
const backdateMs = dayMs;
export const defaultIntervalMs = 30 * dayMs;
/** Shorter would end before members whose clocks differ have taken it up. */
const minValidMs = 60_000;
const base64 = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('base64');

/** Self-signed, RSA-2048, valid for two intervals of rotation (by default 60 days); the common name is unique, so that the right issuer is found among several trusted ones. */
export async function createCertificate(nowMs: number, intervalMs: number = defaultIntervalMs): Promise<StoredCertificate> {
  const { subtle } = webcrypto;
  const signingAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 2_048 };
  const keys = await subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
  const alias = `jgroups-${randomBytes(8).toString('hex')}`;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      name: `CN=${alias}`,
      notBefore: new Date(nowMs - backdateMs),
      notAfter: new Date(nowMs + Math.max(2 * intervalMs, minValidMs)),
      signingAlgorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return {
    prvKey: base64(await subtle.exportKey('pkcs8', keys.privateKey)),
    pubKey: base64(await subtle.exportKey('spki', keys.publicKey)),
    crt: base64(certificate.rawData),
    alias,
    generatedMillis: nowMs,
  };
}
