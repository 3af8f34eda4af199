import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import { type FastifyInstance, fastify } from 'fastify';
import { LocalCache } from '../cache/local-cache.ts';
import { tlsClientCertificates } from '../http/client-certificate/tls-certificates.ts';
import { ReplyError } from '../http/errors.ts';
import { createFrontendUrls } from '../http/frontend-urls.ts';
import type { Client } from '../model/index.ts';
import { registerTokenSide } from '../oidc/token-side.ts';
import { clientCertificateAuthenticator } from '../security/client-authentication/client-certificate.ts';
import { clientSecretAuthenticator } from '../security/client-authentication/client-secret.ts';
import { createClientAuthentication } from '../security/client-authentication/index.ts';
import { createCertificateLogin } from '../x509/certificate-login.ts';
import { type CertificateAuthority, type IssuedCertificate, makeAuthority } from './certificate-authority.ts';
import { clientFixture, realmFixture, realmKeyFixture, userFixture } from './fixtures.ts';
import { type TestContext, testContext } from './server-context.ts';

/** The token side over TLS that asks for certificates: realm `test`, client `app`, user alice / secret. */
export interface CertificateServer extends AsyncDisposable {
  readonly root: CertificateAuthority;
  readonly context: TestContext;
  /** Calls an endpoint below `/realms/test/protocol/openid-connect/`; `by` shows its certificate. */
  call(
    path: string,
    options: CertificateCall,
  ): Promise<{ readonly status: number; readonly json: Record<string, unknown>; readonly challenge: string }>;
}

export interface CertificateCall {
  readonly by?: IssuedCertificate | undefined;
  readonly form?: Readonly<Record<string, string>>;
  readonly token?: string;
}

export async function certificateServer(overrides: Partial<Client>): Promise<CertificateServer> {
  const root = await makeAuthority();
  const own = await root.issue({ subject: 'CN=localhost', names: [{ type: 'dns', value: 'localhost' }] });
  const base = testContext();
  const certificates = createCertificateLogin({
    cache: new LocalCache({ name: 'crl', maxCount: 10, clock: base.clock }),
    // Certificates are of today, whatever the clock of the test says.
    clock: { nowMs: () => Date.now(), nowSeconds: () => Math.floor(Date.now() / 1_000) },
    outbound: base.outbound,
    configurationDirectory: '/',
    cacheSeconds: -1,
    minSecondsBetweenRequests: 10,
    certificates: tlsClientCertificates,
    authorities: [root.pem],
  });
  const authenticators = [clientSecretAuthenticator, clientCertificateAuthenticator(certificates)];
  const clientAuthentication = createClientAuthentication(base.state.directory, authenticators);
  const context: TestContext = { ...base, certificates, clientAuthentication };
  const realm = realmFixture();
  const { data } = base.state;
  data.realms.push(realm);
  data.clients.push(clientFixture(realm, { directAccessGrantsEnabled: true, ...overrides }));
  const user = userFixture(realm);
  data.users.push(user);
  base.passwordsOf.set(user.id, 'secret');
  data.keys.set(realm.id, [realmKeyFixture('RS256'), realmKeyFixture('HS512')]);
  const tls = { key: own.key, cert: own.pem, ca: root.pem, requestCert: true, rejectUnauthorized: false };
  const app = fastify({ https: tls }) as unknown as FastifyInstance;
  app.decorate('frontendUrls', createFrontendUrls({ relativePath: '/' }));
  app.decorateRequest('keygridContext', null);
  await app.register(fastifyCookie);
  await app.register(fastifyFormbody);
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ReplyError) return reply.code(error.statusCode).headers(error.headers).send(error.body);
    return reply.code(500).send({ error: String(error) });
  });
  registerTokenSide(app, context);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return {
    root,
    context,
    call: (path, { by, form, token }) =>
      new Promise((resolve, reject) => {
        const sent = request(
          `https://localhost:${port}/realms/test/protocol/openid-connect/${path}`,
          {
            ca: root.pem,
            agent: false,
            ...(by === undefined ? {} : { cert: by.pem, key: by.key }),
            method: form === undefined ? 'GET' : 'POST',
            headers: {
              ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
              ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            },
          },
          (answer) => {
            let text = '';
            answer.on('data', (part) => (text += String(part)));
            answer.on('end', () =>
              resolve({
                status: answer.statusCode ?? 0,
                json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
                challenge: answer.headers['www-authenticate'] ?? '',
              }),
            );
          },
        );
        sent.on('error', reject);
        sent.end(form === undefined ? undefined : new URLSearchParams(form).toString());
      }),
    [Symbol.asyncDispose]: async () => app.close(),
  };
}
