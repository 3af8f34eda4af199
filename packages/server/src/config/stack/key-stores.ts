import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { ConfigurationError } from '../configuration-error.ts';
import type { StackTls, StoreFile } from './stack-settings.ts';
import type { StoreEntries } from './store-entries.ts';

/** Key and certificates out of the operator's stores, PEM. Holds a private key: never log it. */
export interface StoredCredentials {
  readonly key: string;
  /** The certificate of the key, then those between it and its authority. */
  readonly certificate: string;
  readonly trusted: readonly string[];
  /** What the operator should know. */
  readonly warnings: readonly string[];
}

const keyStoreOption = 'cache-embedded-mtls-key-store-file';
const trustStoreOption = 'cache-embedded-mtls-trust-store-file';
const MAX_STORE_BYTES = 16 * 1_048_576;

/** What stands in a store. The words of the cryptography are kept out: they could quote the password. */
async function entriesOf({ path, password }: StoreFile, option: string): Promise<StoreEntries> {
  let bytes: Buffer;
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) throw new ConfigurationError(`The '${option}' file '${path}' does not exist.`);
  if (!facts.isFile() || facts.size > MAX_STORE_BYTES)
    throw new ConfigurationError(`The '${option}' file '${path}' is no file, or larger than ${MAX_STORE_BYTES} bytes.`);
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ConfigurationError(
      `The '${option}' file '${path}' cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  // Readers of stores are heavy, and a start without stores does without them.
  const { storeEntries } = await import('./store-entries.ts');
  try {
    return await storeEntries(bytes, password);
  } catch (error) {
    const wrongPassword = /password|mac|tampered/i.test(error instanceof Error ? error.message : '');
    const reason = wrongPassword
      ? `'${option.replace(/-file$/, '-password')}' does not open it`
      : 'it is neither a PKCS12 nor a JKS store, or damaged';
    throw new ConfigurationError(`The '${option}' file '${path}' cannot be used: ${reason}.`);
  }
}

function parsed(pem: string, option: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ConfigurationError(`The '${option}' file '${path}' holds a certificate that cannot be read.`);
  }
}

const subjectOf = (certificate: X509Certificate): string => certificate.subject.replaceAll('\n', ', ') || 'without a name';
const digest = (pem: string): string => new X509Certificate(pem).fingerprint256;

/** Whether one of the trusted vouches for the chain: it stands in it, or has signed a part of it. */
function vouched(chain: readonly X509Certificate[], trusted: readonly X509Certificate[]): boolean {
  return chain.some((link) =>
    trusted.some((anchor) => anchor.fingerprint256 === link.fingerprint256 || (link.checkIssued(anchor) && link.verify(anchor.publicKey))),
  );
}

/**
 * Reads both stores. @throws ConfigurationError for a store that is missing, cannot be opened, holds no key or no certificates, or whose certificate is
 * over; a start ends with 1 then, as in the original.
 */
export async function readStores(tls: Extract<StackTls, { kind: 'stores' }>, nowMs: number): Promise<StoredCredentials> {
  const { keyStore, trustStore } = tls;
  const { keys, certificates } = await entriesOf(keyStore, keyStoreOption);
  const [key] = keys;
  if (key === undefined) throw new ConfigurationError(`The '${keyStoreOption}' file '${keyStore.path}' holds no private key.`);
  const stored = certificates.map((pem) => parsed(pem, keyStoreOption, keyStore.path));
  const leaf = stored.find((certificate) => fits(certificate, key));
  if (leaf === undefined)
    throw new ConfigurationError(`The '${keyStoreOption}' file '${keyStore.path}' holds no certificate of its private key.`);
  if (leaf.validToDate.getTime() <= nowMs)
    throw new ConfigurationError(
      `The certificate of the '${keyStoreOption}' file '${keyStore.path}' (${subjectOf(leaf)}) expired at ${leaf.validToDate.toISOString()}. Replace it.`,
    );
  const trusted = await trustedCertificates(trustStore, trustStoreOption);
  const anchors = trusted.map((pem) => parsed(pem, trustStoreOption, trustStore.path));
  const chain = [leaf, ...stored.filter((certificate) => certificate !== leaf)];
  return { key, certificate: chain.map(String).join('\n'), trusted, warnings: warningsOf(chain, anchors, tls) };
}

/** The certificates of a trust store. @throws ConfigurationError where it cannot be opened or holds none. */
export async function trustedCertificates(store: StoreFile, option: string): Promise<readonly string[]> {
  const { certificates } = await entriesOf(store, option);
  if (certificates.length === 0) throw new ConfigurationError(`The '${option}' file '${store.path}' holds no certificates.`);
  return certificates.map((pem) => parsed(pem, option, store.path).toString());
}

function fits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function warningsOf(
  own: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  tls: Extract<StackTls, { kind: 'stores' }>,
): readonly string[] {
  const warnings: string[] = [];
  const publicRoots = new Set(rootCertificates.map(digest));
  const known = anchors.filter((anchor) => publicRoots.has(anchor.fingerprint256));
  if (known.length > 0) {
    const [first] = known;
    warnings.push(
      `The '${trustStoreOption}' file '${tls.trustStore.path}' trusts ${known.length} public authorities (${first === undefined ? '' : subjectOf(first)}${known.length > 1 ? ', …' : ''}): whoever gets a certificate of one of them is let into the cluster. Keep only your own authority in it.`,
    );
  }
  if (!vouched(own, anchors)) {
    warnings.push(
      `The certificate of the '${keyStoreOption}' file '${tls.keyStore.path}' is not trusted by the '${trustStoreOption}' file '${tls.trustStore.path}': nodes with the same two files refuse each other.`,
    );
  }
  return warnings;
}
