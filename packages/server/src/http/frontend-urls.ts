import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { RequestContext } from './request-context.ts';
import { type TrustedProxies, trustedProxies } from './trusted-proxies.ts';

/** Options `hostname*`, `proxy-*` and `http-relative-path`, already validated. */
export interface FrontendUrlOptions {
  /** Option `hostname`: a full URL, or a host name that takes scheme and port from the request; undefined = all from the request. */
  readonly hostname?: string | undefined;
  readonly hostnameAdmin?: string | undefined;
  readonly proxyHeaders?: 'forwarded' | 'xforwarded' | undefined;
  /** Addresses or CIDR blocks whose proxy headers count; undefined = anyone's. */
  readonly proxyTrustedAddresses?: readonly string[] | undefined;
  /** `/` or `/auth`. */
  readonly relativePath: string;
}

/** Computes under which URL a request reached the server, and from where. */
export interface FrontendUrls {
  contextOf(request: FastifyRequest): RequestContext;
}

interface Origin {
  readonly scheme: string;
  /** Host with the port where it is not the scheme's own. */
  readonly authority: string;
  readonly remoteAddress: string;
}

const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?$/;

function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  const first = text?.split(',', 1)[0]?.trim();
  return first === '' ? undefined : first;
}

/** The first element of an RFC 7239 `Forwarded` header as a map of lower-case parameter names. */
function parseForwarded(header: string | undefined): Map<string, string> {
  const out = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0)
      out.set(
        pair.slice(0, at).trim().toLowerCase(),
        pair
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      );
  }
  return out;
}

function addressOnly(text: string): string | undefined {
  const bare = text.startsWith('[') ? text.slice(1, text.indexOf(']')) : isIP(text) !== 0 ? text : text.replace(/:\d+$/, '');
  return isIP(bare) !== 0 ? bare : undefined;
}

function withPort(host: string, port: string | undefined, scheme: string): string {
  if (port === undefined || !/^\d{1,5}$/.test(port) || /:\d+$/.test(host)) return host;
  return (scheme === 'https' && port === '443') || (scheme === 'http' && port === '80') ? host : `${host}:${port}`;
}

function withoutDefaultPort(authority: string, scheme: string): string {
  return scheme === 'https' ? authority.replace(/:443$/, '') : authority.replace(/:80$/, '');
}

function originOf(request: FastifyRequest, options: FrontendUrlOptions, trusted: TrustedProxies): Origin {
  const peer = request.socket.remoteAddress ?? '127.0.0.1';
  const socketScheme = 'encrypted' in request.socket && request.socket.encrypted === true ? 'https' : 'http';
  const host = firstOf(request.headers.host);
  const fallback = `localhost:${request.socket.localPort ?? 80}`;
  let scheme = socketScheme;
  let authority = host !== undefined && HOST.test(host) ? host : fallback;
  let remoteAddress = peer.startsWith('::ffff:') ? peer.slice(7) : peer;
  if (options.proxyHeaders !== undefined && trusted.includes(remoteAddress)) {
    const forwarded = options.proxyHeaders === 'forwarded' ? parseForwarded(firstOf(request.headers.forwarded)) : undefined;
    const proto = forwarded?.get('proto') ?? (forwarded === undefined ? firstOf(request.headers['x-forwarded-proto']) : undefined);
    const forwardedHost = forwarded?.get('host') ?? (forwarded === undefined ? firstOf(request.headers['x-forwarded-host']) : undefined);
    const port = forwarded === undefined ? firstOf(request.headers['x-forwarded-port']) : undefined;
    const client = forwarded?.get('for') ?? (forwarded === undefined ? firstOf(request.headers['x-forwarded-for']) : undefined);
    if (proto === 'http' || proto === 'https') scheme = proto;
    if (forwardedHost !== undefined && HOST.test(forwardedHost)) authority = withPort(forwardedHost, port, scheme);
    else authority = withPort(authority, port, scheme);
    remoteAddress = (client === undefined ? undefined : addressOnly(client)) ?? remoteAddress;
  }
  return { scheme, authority: withoutDefaultPort(authority, scheme), remoteAddress };
}

/** A fixed URL, or a function of the request's origin. */
function baseUrlRule(hostname: string | undefined, path: string): (origin: Origin) => string {
  if (hostname === undefined) return (origin) => `${origin.scheme}://${origin.authority}${path}`;
  if (/^https?:\/\//.test(hostname)) {
    const url = new URL(hostname);
    const fixed = `${url.protocol}//${url.host}${url.pathname === '/' ? path : url.pathname.replace(/\/+$/, '')}`;
    return () => fixed;
  }
  return (origin) => {
    const port = /:(\d+)$/.exec(origin.authority)?.[1];
    return `${origin.scheme}://${port === undefined ? hostname : `${hostname}:${port}`}${path}`;
  };
}

/** The `iss` of a realm under one base URL. */
function issuerUnder(baseUrl: string): (realmName: string) => string {
  return (realmName) => `${baseUrl}/realms/${encodeURIComponent(realmName)}`;
}

/** @see https://www.keycloak.org/server/hostname for the meaning of the options */
export function createFrontendUrls(options: FrontendUrlOptions): FrontendUrls {
  const path = options.relativePath === '/' ? '' : options.relativePath.replace(/\/+$/, '');
  const frontend = baseUrlRule(options.hostname, path);
  const admin = baseUrlRule(options.hostnameAdmin ?? options.hostname, path);
  const trusted = trustedProxies(options.proxyTrustedAddresses);
  return {
    contextOf(request) {
      const origin = originOf(request, options, trusted);
      const baseUrl = frontend(origin);
      return {
        baseUrl,
        adminBaseUrl: admin(origin),
        remoteAddress: origin.remoteAddress,
        secure: baseUrl.startsWith('https:'),
        issuer: issuerUnder(baseUrl),
      };
    },
  };
}
