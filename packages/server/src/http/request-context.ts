import type { FastifyRequest } from 'fastify';
import type { FrontendUrls } from './frontend-urls.ts';

/** What a handler may know of where a request came from and under which name the server is seen. */
export interface RequestContext {
  /** Frontend base URL without a trailing slash: `https://login.example.org` or with the relative path. */
  readonly baseUrl: string;
  /** Base URL for the admin console and Admin REST (`hostname-admin`, else as `baseUrl`). */
  readonly adminBaseUrl: string;
  /** The browser's address, taken from proxy headers only where a trusted proxy may set them. */
  readonly remoteAddress: string;
  /** Whether the browser speaks https to us (or to the proxy). Decides `Secure` and SameSite of cookies. */
  readonly secure: boolean;
  /** `iss` of the realm's tokens: `<baseUrl>/realms/<name>`. */
  issuer(realmName: string): string;
}

declare module 'fastify' {
  interface FastifyRequest {
    keygridContext: RequestContext | null;
  }
  interface FastifyInstance {
    frontendUrls: FrontendUrls;
  }
}

/** The context of a request; computed once per request. */
export function requestContext(request: FastifyRequest): RequestContext {
  const known = request.keygridContext;
  if (known !== null && known !== undefined) return known;
  const made = request.server.frontendUrls.contextOf(request);
  request.keygridContext = made;
  return made;
}
