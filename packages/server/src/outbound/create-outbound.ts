import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ServerError } from '../http/errors.ts';
import { isPublicAddress, matchesHost } from './address-rule.ts';
import type { Outbound, OutboundAnswer, OutboundRequest, OutboundRules } from './outbound.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const refused = (message: string): ServerError => new ServerError('KG_OUTBOUND_REFUSED', message);
const failed = (message: string, cause?: unknown): ServerError => new ServerError('KG_OUTBOUND_FAILED', message, { cause });

/** The address without what it may carry of secrets. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw refused('The address is no http(s) address');
  if (url.username !== '' || url.password !== '') throw refused(`The address of ${url.host} holds credentials`);
  return url;
}

/** Resolves names; with `publicOnly` every address that a connection is made to is looked at, so that a name cannot change between. */
function lookupFor(lookup: LookupFunction, publicOnly: boolean): LookupFunction {
  if (!publicOnly) return lookup;
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
      const inside = error === null ? addresses.find((address) => !isPublicAddress(address)) : undefined;
      if (inside === undefined) callback(error, found, family);
      else callback(refused(`A redirect to ${hostname} leads to the private address ${inside}`), '', 0);
    });
}

function bodyOf(message: IncomingMessage, url: URL, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    if (Number(message.headers['content-length'] ?? 0) > maxBytes) {
      message.destroy();
      reject(failed(`The answer of ${shown(url)} is larger than ${maxBytes} bytes`));
      return;
    }
    message.on('data', (part: Buffer) => {
      size += part.length;
      if (size > maxBytes) {
        message.destroy();
        reject(failed(`The answer of ${shown(url)} is larger than ${maxBytes} bytes`));
      } else parts.push(part);
    });
    message.once('end', () => resolve(Buffer.concat(parts)));
    message.once('error', reject);
    message.once('aborted', () => reject(new Error('the answer broke off')));
  });
}

/** Requests to the outside over the agents of the runtime. `lookup` resolves names. */
export function createOutbound(rules: OutboundRules, lookup: LookupFunction): Outbound {
  let running = 0;

  async function exchange(url: URL, wanted: OutboundRequest, redirected: boolean, signal: AbortSignal): Promise<OutboundAnswer> {
    if (rules.allowedHosts.length > 0 && !matchesHost(rules.allowedHosts, url.hostname))
      throw refused(`The host ${url.hostname} is not among those that may be called`);
    const publicOnly = redirected && !matchesHost(rules.privateRedirectHosts, url.hostname);
    const bare = url.hostname.replace(/^\[|\]$/g, '');
    if (publicOnly && isIP(bare) !== 0 && !isPublicAddress(bare)) throw refused(`A redirect leads to the private address ${bare}`);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      const request = send(url, {
        method: wanted.method ?? 'GET',
        headers: { 'user-agent': 'keygrid', 'accept-encoding': 'identity', ...wanted.headers },
        // A connection that was kept open is not looked up again: after a redirect there is none to take.
        ...(publicOnly ? { agent: false } : {}),
        lookup: lookupFor(lookup, publicOnly),
        signal,
      });
      const connecting = setTimeout(() => request.destroy(new Error('no connection in time')), rules.connectTimeoutMs);
      const connected = (): void => clearTimeout(connecting);
      request.once('socket', (socket) => {
        if (socket.connecting) socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
        else connected();
      });
      request.once('close', connected);
      request.once('response', resolve);
      request.once('error', reject);
      request.end(wanted.body);
    });
    const body = await bodyOf(answer, url, Math.min(wanted.maxBytes ?? rules.maxBytes, rules.maxBytes));
    return {
      status: answer.statusCode ?? 0,
      header: (name) => {
        const value = answer.headers[name.toLowerCase()];
        return Array.isArray(value) ? value[0] : value;
      },
      body,
    };
  }

  async function follow(request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    let url = parsed(request.url);
    for (let redirects = 0; ; redirects += 1) {
      const answer = await exchange(url, request, redirects > 0, signal);
      const target = REDIRECTS.has(answer.status) ? answer.header('location') : undefined;
      const isRead = (request.method ?? 'GET') === 'GET';
      if (target === undefined || !rules.followRedirects || !isRead) return answer;
      if (redirects >= MAX_REDIRECTS) throw failed(`${shown(url)} redirects more than ${MAX_REDIRECTS} times`);
      const next = parsed(URL.canParse(target, url.href) ? new URL(target, url).href : target);
      if (url.protocol === 'https:' && next.protocol === 'http:') throw refused(`${shown(url)} redirects from https to http`);
      // Credentials were for the first host.
      if (next.origin !== url.origin && request.headers?.['authorization'] !== undefined)
        throw refused(`${shown(url)} redirects a request with credentials to another host`);
      url = next;
    }
  }

  return async (request) => {
    if (running >= rules.maxRunning) throw failed(`More than ${rules.maxRunning} requests to the outside are under way`);
    running += 1;
    const timeoutMs = Math.min(request.timeoutMs ?? rules.timeoutMs, rules.timeoutMs);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    try {
      return await follow(request, limit.signal);
    } catch (error) {
      if (error instanceof ServerError) throw error;
      const where = shown(parsed(request.url));
      if (limit.signal.aborted) throw failed(`${where} did not answer within ${timeoutMs} ms`, error);
      throw failed(`${where} cannot be reached: ${error instanceof Error ? error.message : String(error)}`, error);
    } finally {
      clearTimeout(timer);
      running -= 1;
    }
  };
}
