import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWK, SignJWT } from 'jose';
import type { LoginServer } from './login-server.ts';
import { postForm } from './protocol-forms.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const ISSUER = 'http://login.test/realms/test';

/** A signing key of a client with its public half as clients publish it. */
export interface ClientKey {
  readonly privateKey: KeyObject;
  readonly jwk: JWK;
}

export async function clientKey(kid: string, alg = 'ES256'): Promise<ClientKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** What an assertion says, and what is to be wrong with it; undefined leaves a member out. */
export interface AssertionParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

export function assertion(key: KeyObject | Uint8Array, nowSeconds: number, parts: AssertionParts = {}): Promise<string> {
  const claims = { iss: 'app', sub: 'app', aud: ISSUER, jti: randomUUID(), iat: nowSeconds, exp: nowSeconds + 60, ...parts.claims };
  const header = { alg: 'ES256', ...parts.header };
  return new SignJWT(present(claims)).setProtectedHeader(present(header) as { alg: string }).sign(key);
}

function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Asks for a token with nothing but an assertion. */
export function useAssertion(server: LoginServer, text: string, form: Readonly<Record<string, string | undefined>> = {}) {
  const all = {
    grant_type: 'password',
    username: 'alice',
    password: 'secret',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: text,
  };
  return postForm(server, 'protocol/openid-connect/token', { ...all, ...form });
}

/** A key set on a real socket, which can go away. */
export interface KeySetServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: () => number;
  keys: readonly JWK[];
  /** What is answered in place of the keys. */
  fault: 'none' | 'status' | 'nonsense' | 'huge' | 'silence' | 'redirect';
  stop(): Promise<void>;
}

export async function keySetServer(keys: readonly JWK[]): Promise<KeySetServer> {
  let requests = 0;
  const http: Server = createServer((_request, reply) => {
    requests += 1;
    switch (state.fault) {
      case 'status':
        return reply.writeHead(503).end();
      case 'nonsense':
        return reply.end('<html>');
      case 'huge':
        return reply.end(JSON.stringify({ keys: [], padding: 'x'.repeat(300_000) }));
      case 'redirect':
        return reply.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
      case 'silence':
        return undefined;
      case 'none':
        return reply.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify({ keys: state.keys }));
    }
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    http.closeAllConnections();
    await new Promise<void>((resolve) => http.close(() => resolve()));
  };
  const state: KeySetServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`,
    requests: () => requests,
    keys,
    fault: 'none',
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return state;
}
