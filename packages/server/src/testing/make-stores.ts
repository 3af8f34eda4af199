import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';
import forge from 'node-forge';

const DAY_MS = 86_400_000;

/** A certificate with its key, both PEM, and what signs others with it. */
export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface CertificateWish {
  readonly name: string;
  /** Who signs it; without one it signs itself, and may sign others. */
  readonly issuer?: MadeCertificate;
  readonly notAfter?: Date;
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 2_048 };

/** An RSA certificate, of an authority or signed by one. */
export async function makeRsaCertificate({ name, issuer, notAfter }: CertificateWish): Promise<MadeCertificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
      subject: `CN=${name}`,
      issuer: issuer === undefined ? `CN=${name}` : new X509Certificate(issuer.certificate).subject,
      notBefore: new Date((notAfter?.getTime() ?? Date.now()) - 2 * DAY_MS),
      notAfter: notAfter ?? new Date(Date.now() + 60 * DAY_MS),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: issuer?.keys.privateKey ?? keys.privateKey,
      extensions: [new BasicConstraintsExtension(issuer === undefined, undefined, true)],
    },
    webcrypto,
  );
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    certificate: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`,
    keys,
  };
}

function pkcs12(key: string | null, certificates: readonly string[], password: string): Buffer {
  const parsedKey = key === null ? null : forge.pki.privateKeyFromPem(key);
  const parsed = certificates.map((pem) => forge.pki.certificateFromPem(pem));
  // The declarations do not know that a store may do without a key.
  const asn1 = forge.pkcs12.toPkcs12Asn1(parsedKey as forge.pki.rsa.PrivateKey, parsed, password, {
    algorithm: 'aes256',
    friendlyName: 'node',
  });
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
}

/** A PKCS#12 key store: a key, its certificate, and those that vouch for it. */
export function makeKeyStore({ key, certificate }: MadeCertificate, password: string, chain: readonly string[] = []): Buffer {
  return pkcs12(key, [certificate, ...chain], password);
}

/** A PKCS#12 store of one trusted certificate. */
export function makeTrustStore(certificate: string, password: string): Buffer {
  return pkcs12(null, [certificate], password);
}
