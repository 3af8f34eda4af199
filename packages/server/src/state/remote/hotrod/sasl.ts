import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { saslMechanismNames } from '../../../config/options/spi.ts';

/** A user name and a password for the external caches. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One exchange of SASL: the first message, and an answer to each challenge. @throws SaslError */
export interface SaslExchange {
  first(): Buffer;
  answer(challenge: Buffer): Buffer;
  /** The server proved that it knows the password, where the mechanism has that. */
  readonly verified: boolean;
}

/** The server answered what the mechanism does not allow, or could not prove that it knows the password. */
export class SaslError extends Error {
  override name = 'SaslError';
}

/** Hash names as the mechanisms spell them -> as node:crypto does. */
const hashes: Readonly<Record<string, string>> = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  SHA: 'sha1',
  MD5: 'md5',
};

/** PLAIN is left out: it would show the password to whoever answers. */
export type SaslMechanism = (typeof saslMechanismNames)[number];

/** Rounds of PBKDF2 that a server may ask for; more would only keep the event loop busy. */
const maxRounds = 100_000;

export function saslExchange(mechanism: SaslMechanism, credentials: Credentials, realm: string, serverName: string): SaslExchange {
  const [family = '', ...rest] = mechanism.split('-');
  const hash = hashes[rest.join('-')] as string;
  return family === 'SCRAM' ? new Scram(hash, credentials) : new Digest(hash, credentials, realm, serverName);
}

/** RFC 5802 without channel binding. */
class Scram implements SaslExchange {
  readonly #hash: string;
  readonly #credentials: Credentials;
  readonly #nonce = randomBytes(24).toString('base64url');
  #serverSignature: Buffer | undefined;
  verified = false;

  constructor(hash: string, credentials: Credentials) {
    this.#hash = hash;
    this.#credentials = credentials;
  }

  first(): Buffer {
    return Buffer.from(`n,,${this.#firstBare()}`);
  }

  answer(challenge: Buffer): Buffer {
    return this.#serverSignature === undefined
      ? this.#proof(challenge.toString())
      : this.#verify(challenge.toString(), this.#serverSignature);
  }

  #firstBare(): string {
    const name = this.#credentials.username.replaceAll('=', '=3D').replaceAll(',', '=2C');
    return `n=${name},r=${this.#nonce}`;
  }

  #proof(challenge: string): Buffer {
    const fields = fieldsOf(challenge);
    const [nonce = '', salt = '', rounds = Number.NaN] = [fields.get('r'), fields.get('s'), Number(fields.get('i'))];
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce || salt === '')
      throw new SaslError('the challenge of the server is malformed');
    if (!(rounds >= 1 && rounds <= maxRounds))
      throw new SaslError(`the server asks for ${rounds} rounds, at most ${maxRounds} are accepted`);
    const length = createHash(this.#hash).digest().length;
    const salted = pbkdf2Sync(this.#credentials.password.normalize('NFKC'), Buffer.from(salt, 'base64'), rounds, length, this.#hash);
    const mac = (key: Buffer, text: string): Buffer => createHmac(this.#hash, key).update(text).digest();
    const clientKey = mac(salted, 'Client Key');
    const storedKey = createHash(this.#hash).update(clientKey).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `${this.#firstBare()},${challenge},${withoutProof}`;
    const signature = mac(storedKey, message);
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] as number));
    this.#serverSignature = mac(mac(salted, 'Server Key'), message);
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
  }

  #verify(challenge: string, expected: Buffer): Buffer {
    const given = Buffer.from(fieldsOf(challenge).get('v') ?? '', 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new SaslError('the server cannot prove that it knows the password');
    }
    this.verified = true;
    return Buffer.alloc(0);
  }
}

function fieldsOf(message: string): ReadonlyMap<string, string> {
  return new Map(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)]));
}

/** RFC 2831, quality of protection `auth`; the stronger hashes as WildFly Elytron defines them. */
class Digest implements SaslExchange {
  readonly #hash: string;
  readonly #credentials: Credentials;
  readonly #realm: string;
  readonly #uri: string;
  #expected: string | undefined;
  verified = false;

  constructor(hash: string, credentials: Credentials, realm: string, serverName: string) {
    this.#hash = hash;
    this.#credentials = credentials;
    this.#realm = realm;
    this.#uri = `hotrod/${serverName}`;
  }

  first(): Buffer {
    return Buffer.alloc(0);
  }

  answer(challenge: Buffer): Buffer {
    const given = directivesOf(challenge.toString());
    return this.#expected === undefined ? this.#respond(given) : this.#verify(given, this.#expected);
  }

  #respond(given: ReadonlyMap<string, string>): Buffer {
    const nonce = given.get('nonce');
    if (nonce === undefined) throw new SaslError('the challenge of the server is malformed');
    const { username, password } = this.#credentials;
    const realm = given.get('realm') ?? this.#realm;
    const cnonce = randomBytes(24).toString('base64url');
    const secret = this.#digest(`${username}:${realm}:${password}`);
    const key = this.#hex(Buffer.concat([secret, Buffer.from(`:${nonce}:${cnonce}`)]));
    const answerTo = (method: string): string =>
      this.#hex(`${key}:${nonce}:00000001:${cnonce}:auth:${this.#hex(`${method}:${this.#uri}`)}`);
    this.#expected = answerTo('');
    const fields = [
      'charset=utf-8',
      `username="${quoted(username)}"`,
      `realm="${quoted(realm)}"`,
      `nonce="${nonce}"`,
      'nc=00000001',
      `cnonce="${cnonce}"`,
      `digest-uri="${this.#uri}"`,
      'maxbuf=65536',
      `response=${answerTo('AUTHENTICATE')}`,
      'qop=auth',
    ];
    return Buffer.from(fields.join(','));
  }

  #verify(given: ReadonlyMap<string, string>, expected: string): Buffer {
    const proof = Buffer.from(given.get('rspauth') ?? '');
    if (proof.length !== expected.length || !timingSafeEqual(proof, Buffer.from(expected))) {
      throw new SaslError('the server cannot prove that it knows the password');
    }
    this.verified = true;
    return Buffer.alloc(0);
  }

  #digest(data: string | Buffer): Buffer {
    return createHash(this.#hash).update(data).digest();
  }

  #hex(data: string | Buffer): string {
    return this.#digest(data).toString('hex');
  }
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function directivesOf(challenge: string): ReadonlyMap<string, string> {
  const found = challenge.matchAll(/([a-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))/gi);
  return new Map([...found].map(([, name = '', inQuotes, bare]) => [name, inQuotes?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '']));
}
