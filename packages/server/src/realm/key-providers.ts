/** A field of the form in which consoles show a component, as the lists of component types have it. */
export interface ConfigProperty {
  readonly name: string;
  readonly label: string;
  readonly helpText: string;
  readonly type: 'String' | 'boolean' | 'List' | 'File';
  readonly defaultValue?: string | number | boolean;
  readonly options?: readonly string[];
  readonly secret: boolean;
  readonly required: boolean;
  readonly readOnly: boolean;
}

/** A way to come by a realm key. */
export interface KeyProvider {
  readonly id: string;
  readonly helpText: string;
  readonly use: 'SIG' | 'ENC';
  readonly properties: readonly ConfigProperty[];
}

type Given = Pick<ConfigProperty, 'name' | 'label' | 'helpText' | 'type'> & Partial<ConfigProperty>;

const property = ({ name, label, helpText, type, defaultValue, options, secret = false }: Given): ConfigProperty => ({
  name,
  label,
  helpText,
  type,
  ...(defaultValue === undefined ? {} : { defaultValue }),
  ...(options === undefined ? {} : { options }),
  secret,
  required: false,
  readOnly: false,
});

const common = [
  property({ name: 'priority', label: 'Priority', helpText: 'The key with the highest number is used', type: 'String', defaultValue: '0' }),
  property({ name: 'enabled', label: 'Enabled', helpText: 'Whether the key is used at all', type: 'boolean', defaultValue: 'true' }),
  property({ name: 'active', label: 'Active', helpText: 'Whether new signatures are made with it', type: 'boolean', defaultValue: 'true' }),
];
const list = (name: string, label: string, helpText: string, defaultValue: string | number, options: string): ConfigProperty =>
  property({ name, label, helpText, type: 'List', defaultValue, options: options.split(' ') });

const keySize = list('keySize', 'Key size', 'Bits of the key that is made', 2_048, '1024 2048 3072 4096');
const signing = list('algorithm', 'Algorithm', 'What the key signs with', 'RS256', 'RS256 RS384 RS512 PS256 PS384 PS512');
const encrypting = list('algorithm', 'Algorithm', 'What the key encrypts with', 'RSA-OAEP', 'RSA1_5 RSA-OAEP RSA-OAEP-256');
const own = [
  property({ name: 'privateKey', label: 'Private RSA Key', helpText: 'The key as PEM', type: 'File', secret: true }),
  property({ name: 'certificate', label: 'X509 Certificate', helpText: 'The certificate of the key as PEM', type: 'File' }),
];
const ecCertificate = property({
  name: 'ecGenerateCertificate',
  label: 'Generate Certificate',
  helpText: 'Whether a certificate is made with the key; the keys document of the realm shows it',
  type: 'boolean',
  defaultValue: false,
});

const provider = (id: string, use: KeyProvider['use'], helpText: string, ...properties: ConfigProperty[]): [string, KeyProvider] => [
  id,
  { id, helpText, use, properties: [...common, ...properties] },
];

/** Every provider whose keys can be added to a realm. Names, labels, defaults and options are Keycloak's. */
export const keyProviders: ReadonlyMap<string, KeyProvider> = new Map([
  provider(
    'aes-generated',
    'ENC',
    'Makes a secret for AES',
    list('secretSize', 'AES Key size', 'Bytes of the secret: 16 for AES-128, 24 for AES-192, 32 for AES-256', '32', '16 24 32'),
  ),
  provider(
    'ecdsa-generated',
    'SIG',
    'Makes a key for ECDSA',
    ecCertificate,
    list('ecdsaEllipticCurveKey', 'Elliptic Curve', 'Curve of the key', 'P-256', 'P-256 P-384 P-521'),
  ),
  provider(
    'eddsa-generated',
    'SIG',
    'Makes a key for EdDSA',
    list('eddsaEllipticCurveKey', 'Elliptic Curve', 'Curve of the key', 'Ed25519', 'Ed25519 Ed448'),
  ),
  provider(
    'hmac-generated',
    'SIG',
    'Makes a secret for HMAC',
    list('secretSize', 'Secret size', 'Bytes of the secret', '128', '16 24 32 64 128 256 512'),
    list('algorithm', 'Algorithm', 'What the secret signs with', 'HS512', 'HS256 HS384 HS512'),
  ),
  provider('rsa', 'SIG', 'An RSA key of your own for signatures', ...own, signing),
  provider('rsa-enc', 'ENC', 'An RSA key of your own for encryption', ...own, encrypting),
  provider('rsa-enc-generated', 'ENC', 'Makes an RSA key for encryption, with a certificate', keySize, encrypting),
  provider('rsa-generated', 'SIG', 'Makes an RSA key for signatures, with a certificate', keySize, signing),
]);

/** The providers as `serverinfo` and `sub-component-types` list them. */
export function keyComponentTypes(): readonly unknown[] {
  return [...keyProviders.values()].map(({ id, helpText, properties }) => ({ id, helpText, properties, metadata: {} }));
}
