import type { AddressInfo } from 'node:net';
import express from 'express';
import openid from 'express-openid-connect';

/** An application of somebody else: express with express-openid-connect, which checks logout tokens by itself. */
export interface ExpressApp {
  readonly base: string;
  /** Answers of its back-channel address so far, in order. */
  readonly logoutAnswers: readonly number[];
  /** So many further calls of the back-channel address are answered 503. */
  failNext(calls: number): void;
  stop(): Promise<void>;
}

/** Reserves the address first: the realm must name it before the issuer is there. */
export async function startExpressApp(): Promise<
  ExpressApp & { connect(issuerBaseURL: string, clientID: string, clientSecret: string): void }
> {
  const app = express();
  const logoutAnswers: number[] = [];
  let failures = 0;
  let handler: express.RequestHandler | undefined;
  app.use('/backchannel-logout', (_request, response, next) => {
    response.on('finish', () => logoutAnswers.push(response.statusCode));
    if (failures === 0) return next();
    failures -= 1;
    response.status(503).end();
  });
  app.use((request, response, next) => (handler === undefined ? next() : handler(request, response, next)));
  app.get('/whoami', (request, response) => {
    response.json({ user: request.oidc.isAuthenticated() ? request.oidc.user?.['preferred_username'] : null });
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base,
    logoutAnswers,
    failNext(calls) {
      failures = calls;
    },
    connect(issuerBaseURL, clientID, clientSecret) {
      const store = memoryStore();
      handler = openid.auth({
        issuerBaseURL,
        baseURL: base,
        clientID,
        clientSecret,
        secret: 'a secret of the application, long enough',
        authRequired: false,
        authorizationParams: { response_type: 'code', scope: 'openid profile' },
        session: { store },
        backchannelLogout: true,
      });
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type SessionStore = NonNullable<NonNullable<openid.ConfigParams['session']>['store']>;

function memoryStore(): SessionStore {
  const kept = new Map<string, unknown>();
  const store = {
    get: (id: string, done: (error: unknown, value?: unknown) => void) => done(null, kept.get(id)),
    set(id: string, value: unknown, done?: (error?: unknown) => void) {
      kept.set(id, value);
      done?.();
    },
    destroy(id: string, done?: (error?: unknown) => void) {
      kept.delete(id);
      done?.();
    },
  };
  return store as unknown as SessionStore;
}
