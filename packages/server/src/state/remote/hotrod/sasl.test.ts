import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { saslMechanismNames } from '../../../config/options/spi.ts';
import { SaslError, saslExchange } from './sasl.ts';

const credentials = { username: 'us=er,1', password: 'pass"word\\ä' };

/** The server's half of SCRAM, written from RFC 5802. */
function scramServer(hash: string, password: string, rounds = 4_096) {
  const salt = Buffer.from('c2FsdHNhbHQ=', 'base64');
  const salted = pbkdf2Sync(password, salt, rounds, createHash(hash).digest().length, hash);
  const mac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();
  let first = '';
  let challenge = '';
  return {
    challenge(message: Buffer): Buffer {
      first = message.toString().slice('n,,'.length);
      challenge = `r=${/r=(.*)$/.exec(first)?.[1]}server,s=${salt.toString('base64')},i=${rounds}`;
      return Buffer.from(challenge);
    },
    /** Undefined where the proof is wrong. */
    final(message: Buffer): Buffer | undefined {
      const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(message.toString()) ?? [];
      const signed = `${first},${challenge},${withoutProof}`;
      const stored = createHash(hash).update(mac(salted, 'Client Key')).digest();
      const signature = mac(stored, signed);
      const key = Buffer.from(proof, 'base64').map((byte, index) => byte ^ (signature[index] as number));
      if (!createHash(hash).update(key).digest().equals(stored)) return undefined;
      return Buffer.from(`v=${mac(mac(salted, 'Server Key'), signed).toString('base64')}`);
    },
    get first() {
      return first;
    },
  };
}

describe('SASL', () => {
  it.each([
    ['SCRAM-SHA-1', 'sha1'],
    ['SCRAM-SHA-256', 'sha256'],
    ['SCRAM-SHA-384', 'sha384'],
    ['SCRAM-SHA-512', 'sha512'],
  ] as const)('proves both sides to each other by %s', (mechanism, hash) => {
    const server = scramServer(hash, credentials.password);
    const client = saslExchange(mechanism, credentials, 'default', 'infinispan');
    const proof = client.answer(server.challenge(client.first()));
    expect(server.first).toContain('n=us=3Der=2C1,');
    client.answer(server.final(proof) ?? Buffer.alloc(0));
    expect(client.verified).toBe(true);
  });

  it('does not convince a server that knows another password, and is not convinced by one', () => {
    const server = scramServer('sha256', 'another');
    const client = saslExchange('SCRAM-SHA-256', credentials, 'default', 'infinispan');
    expect(server.final(client.answer(server.challenge(client.first())))).toBeUndefined();
    expect(() => client.answer(Buffer.from(`v=${Buffer.alloc(32).toString('base64')}`))).toThrow(SaslError);
    expect(client.verified).toBe(false);
  });

  it('refuses a challenge that does not carry its nonce on, or wants endless work', () => {
    const client = () => saslExchange('SCRAM-SHA-256', credentials, 'default', 'infinispan');
    expect(() => client().answer(Buffer.from('r=other,s=c2FsdA==,i=4096'))).toThrow(SaslError);
    const greedy = client();
    const nonce = /r=(.*)$/.exec(greedy.first().toString())?.[1];
    expect(() => greedy.answer(Buffer.from(`r=${nonce}x,s=c2FsdA==,i=100000000`))).toThrow(SaslError);
  });

  it('answers a digest as RFC 2831 wants it, and checks the answer of the server', () => {
    const client = saslExchange('DIGEST-MD5', { username: 'chris', password: 'secret' }, 'unused', 'elwood');
    const challenge = 'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8';
    const sent = client.answer(Buffer.from(challenge)).toString();
    const cnonce = /cnonce="([^"]*)"/.exec(sent)?.[1] ?? '';
    const digest = (data: string | Buffer) => createHash('md5').update(data).digest();
    const key = Buffer.concat([digest('chris:elwood.innosoft.com:secret'), Buffer.from(`:OA6MG9tEQGm2hh:${cnonce}`)]);
    const answer = (method: string) =>
      digest(
        `${digest(key).toString('hex')}:OA6MG9tEQGm2hh:00000001:${cnonce}:auth:${digest(`${method}:hotrod/elwood`).toString('hex')}`,
      ).toString('hex');
    expect(sent).toContain(`response=${answer('AUTHENTICATE')}`);
    client.answer(Buffer.from(`rspauth=${answer('')}`));
    expect(client.verified).toBe(true);
    const other = saslExchange('DIGEST-SHA-512', credentials, 'default', 'infinispan');
    expect(other.answer(Buffer.from('nonce="x"')).toString()).toContain('username="us=er,1"');
    expect(() => other.answer(Buffer.from('rspauth=00'))).toThrow(SaslError);
  });

  it('never sends the password itself', () => {
    expect(saslMechanismNames).not.toContain('PLAIN');
  });
});
