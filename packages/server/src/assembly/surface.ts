import type { FastifyInstance } from 'fastify';
import { registerClientRegistration } from '../client-registration/index.ts';
import type { Configuration } from '../config/configuration.ts';
import { httpTls } from '../config/tls-material.ts';
import type { ServerContext } from '../context.ts';
import type { ServerError } from '../http/errors.ts';
import { createHttpServer } from '../http/http-server.ts';
import { refuseSwitchedOff } from '../http/switched-off-routes.ts';
import { registerBrowserSide } from '../oidc/browser-side.ts';
import { registerTokenSide } from '../oidc/token-side.ts';

/** A login protocol that this server does not speak, in Keycloak's words. */
const UNKNOWN_PROTOCOL = /\/realms\/[^/]+\/protocol\/(?!openid-connect\/)[^/]+\//;

/** One listener of the main interface. */
export interface Listener {
  readonly app: FastifyInstance;
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** Registers whatever else the assembly brings (Admin REST, health on the main port, the welcome page). */
export type FurtherRoutes = (app: FastifyInstance) => void;

function hostnameOf(configuration: Configuration): string | undefined {
  return configuration.get('hostname');
}

/** The main interface: plain http where it is enabled, https where a certificate is configured; the same routes on both. */
export async function openSurface(
  configuration: Configuration,
  context: ServerContext,
  gate: (path: string) => Promise<ServerError | undefined> | undefined,
  further: FurtherRoutes,
): Promise<Listener[]> {
  const tls = await httpTls(configuration);
  const host = configuration.get('http-host');
  const frontend = {
    hostname: hostnameOf(configuration),
    hostnameAdmin: configuration.get('hostname-admin'),
    proxyHeaders: configuration.get('proxy-headers') as 'forwarded' | 'xforwarded' | undefined,
    proxyTrustedAddresses: configuration.get('proxy-trusted-addresses'),
    relativePath: configuration.get('http-relative-path'),
  };
  const prefix = frontend.relativePath === '/' ? '' : frontend.relativePath.replace(/\/+$/, '');
  const open = async (scheme: 'http' | 'https', port: number): Promise<Listener> => {
    const app = await createHttpServer({
      frontend,
      logger: context.logger.of('org.keycloak.services'),
      metrics: context.metrics,
      tls: scheme === 'https' ? tls : undefined,
      maxConcurrentRequests: configuration.get('http-max-queued-requests'),
      gate,
      explainUnmatched: (path) => (UNKNOWN_PROTOCOL.test(path) ? 'Protocol not found' : undefined),
    });
    await app.register(
      async (scope) => {
        refuseSwitchedOff(scope, context.features);
        registerTokenSide(scope, context);
        registerBrowserSide(scope, context);
        registerClientRegistration(scope, context);
        further(scope);
      },
      { prefix },
    );
    return { app, host, port, scheme };
  };
  const listeners: Listener[] = [];
  if (tls !== undefined) listeners.push(await open('https', configuration.get('https-port')));
  if (configuration.get('http-enabled')) listeners.push(await open('http', configuration.get('http-port')));
  return listeners;
}
