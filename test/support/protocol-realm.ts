import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import { CookieJar, call } from '../../bench/drivers/http.ts';
import { formAction } from '../../bench/drivers/login-walk.ts';
import { benchRealm } from '../../bench/servers/server.ts';

export const REDIRECT_URI = 'http://localhost/callback';

/** Keys of the clients of the realm, with their public halves under an address. */
export interface ClientKeys extends AsyncDisposable {
  readonly signing: CryptoKey;
  readonly decrypting: CryptoKey;
  readonly jwks: readonly JWK[];
  readonly url: string;
}

export async function clientKeys(): Promise<ClientKeys> {
  const signing = await generateKeyPair('ES256', { extractable: true });
  const decrypting = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  const jwks = [
    { ...(await exportJWK(signing.publicKey)), kid: 'signing', alg: 'ES256', use: 'sig' },
    { ...(await exportJWK(decrypting.publicKey)), kid: 'decrypting', alg: 'RSA-OAEP-256', use: 'enc' },
  ];
  const http = createServer((_request, reply) =>
    reply.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify({ keys: jwks })),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    signing: signing.privateKey,
    decrypting: decrypting.privateKey,
    jwks,
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks`,
    [Symbol.asyncDispose]: async () => void http.close(),
  };
}

/** The realm `test` of the measurements with a client for each extension of OAuth that tests use. */
export function protocolRealm(keys: ClientKeys): Record<string, unknown> {
  const realm = benchRealm('test', 10);
  const client = (clientId: string, attributes: Record<string, string>, more: Record<string, unknown> = {}) => ({
    clientId,
    enabled: true,
    publicClient: false,
    clientAuthenticatorType: 'client-secret',
    secret: 'a-secret-that-is-long-enough-for-every-hash-0123456789-0123456789',
    standardFlowEnabled: true,
    directAccessGrantsEnabled: true,
    serviceAccountsEnabled: true,
    redirectUris: [REDIRECT_URI],
    attributes,
    ...more,
  });
  const published = { 'use.jwks.url': 'true', 'jwks.url': keys.url };
  const devices = { 'oauth2.device.authorization.grant.enabled': 'true', 'oauth2.device.polling.interval': '1' };
  return {
    ...realm,
    clients: [
      ...(realm['clients'] as unknown[]),
      client('pushing', { 'require.pushed.authorization.requests': 'true' }),
      client('exchanging', { 'standard.token.exchange.enabled': 'true' }),
      client('device', devices, { publicClient: true, secret: undefined }),
      client('bound', { 'dpop.bound.access.tokens': 'true', 'dpop.nonce.required': 'true' }, { publicClient: true, secret: undefined }),
      client('key', published, { clientAuthenticatorType: 'client-jwt' }),
      client(
        'secret-jwt',
        {},
        {
          clientAuthenticatorType: 'client-secret-jwt',
          implicitFlowEnabled: true,
          defaultClientScopes: ['basic'],
          protocolMappers: [
            {
              name: 'asked for',
              protocol: 'openid-connect',
              protocolMapper: 'oidc-claims-param-token-mapper',
              config: { 'id.token.claim': 'true', 'userinfo.token.claim': 'true' },
            },
          ],
        },
      ),
      client(
        'sealed',
        {
          ...published,
          'request.object.required': 'request or request_uri',
          'id.token.encrypted.response.alg': 'RSA-OAEP-256',
          'id.token.encrypted.response.enc': 'A256GCM',
          'authorization.encrypted.response.alg': 'RSA-OAEP-256',
          'authorization.encrypted.response.enc': 'A256GCM',
        },
        { clientAuthenticatorType: 'client-jwt' },
      ),
    ],
  };
}

/** What a browser does between an authorization request and the application. */
export async function browse(url: string, user: number): Promise<URL> {
  const jar = new CookieJar();
  const page = await call(url, { jar });
  const form = { username: `user${user}`, password: `password${user}` };
  const posted = await call(formAction(page.text) ?? '', { jar, form });
  return new URL(posted.headers.location ?? '');
}

/** A browser that has come as far as the question whether the device may be let in. */
export async function askedForDevice(verificationUri: string, user: number): Promise<(answer: 'accept' | 'cancel') => Promise<string>> {
  const jar = new CookieJar();
  const page = await call(verificationUri, { jar });
  const form = { username: `user${user}`, password: `password${user}` };
  const posted = await call(formAction(page.text) ?? '', { jar, form });
  const question = await call(posted.headers.location ?? '', { jar });
  const code = /name="code" value="([^"]*)"/.exec(question.text)?.[1];
  return async (answer) => {
    const end = await call(formAction(question.text) ?? '', { jar, form: { code, [answer]: '' } });
    return end.headers.location ?? '';
  };
}
