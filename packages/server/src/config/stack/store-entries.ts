import forge from 'node-forge';

/** What a store holds, PEM. Holds private keys: never log it. */
export interface StoreEntries {
  readonly keys: readonly string[];
  readonly certificates: readonly string[];
}

const JKS_MAGIC = 0xfe_ed_fe_ed;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function pem(label: string, der: string): string {
  const base64 = Buffer.from(der, 'binary').toString('base64');
  return `-----BEGIN ${label}-----\n${base64.replaceAll(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`;
}

/** The bags of a PKCS#12 store. What is no RSA is kept by forge as it stands, which is all that is needed. */
function fromPkcs12(bytes: Buffer, password: string): StoreEntries {
  const store = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(bytes.toString('binary')), false, password);
  const bags = store.safeContents.flatMap(({ safeBags }) => safeBags);
  const { oids } = forge.pki;
  const keys = bags
    .filter(({ type }) => type === oids['keyBag'] || type === oids['pkcs8ShroudedKeyBag'])
    .map(({ key, asn1 }) =>
      key
        ? forge.pki.privateKeyInfoToPem(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)))
        : pem('PRIVATE KEY', forge.asn1.toDer(asn1).getBytes()),
    );
  const certificates = bags
    .filter(({ type }) => type === oids['certBag'])
    .map(({ cert, asn1 }) => pem('CERTIFICATE', forge.asn1.toDer(cert ? forge.pki.certificateToAsn1(cert) : asn1).getBytes()));
  return { keys, certificates };
}

/** The entries of a JKS store, Java's older form. */
async function fromJks(bytes: Buffer, password: string): Promise<StoreEntries> {
  const { toPem } = await import('jks-js');
  const entries = Object.values(toPem(bytes, password));
  return {
    keys: entries.flatMap(({ key }) => (key === undefined ? [] : [key])),
    certificates: entries.flatMap(({ cert, ca }) => `${cert ?? ''}\n${ca ?? ''}`.match(CERTIFICATE) ?? []),
  };
}

/** Reads a PKCS#12 or JKS store. @throws Error with words of the cryptography for anything else, or another password. */
export async function storeEntries(bytes: Buffer, password: string): Promise<StoreEntries> {
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === JKS_MAGIC) return await fromJks(bytes, password);
  return fromPkcs12(bytes, password);
}
