import type { FastifyRequest } from 'fastify';
import type { TrustedProxies } from '../trusted-proxies.ts';
import { type ClientCertificates, MAX_CHAIN } from './client-certificates.ts';
import type { HeaderFormat, HeaderReader } from './header-formats.ts';

/** A header of the request, undefined where it came twice: one of them would be the client's own. */
function reader(request: FastifyRequest): HeaderReader {
  const { rawHeaders } = request.raw;
  return (name) => {
    const wanted = name.toLowerCase();
    let found: string | undefined;
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      if (rawHeaders[index]?.toLowerCase() !== wanted) continue;
      if (found !== undefined) return undefined;
      found = rawHeaders[index + 1];
    }
    return found;
  };
}

/** The certificate that a proxy passes on in a header. Whoever else sends the header is not heard. */
export function headerClientCertificates(format: HeaderFormat, trusted: TrustedProxies): ClientCertificates {
  return {
    presentedBy(request) {
      const peer = request.socket.remoteAddress ?? '';
      const address = peer.startsWith('::ffff:') ? peer.slice(7) : peer;
      if (!trusted.includes(address)) return undefined;
      const presented = format(reader(request));
      if (presented === undefined) return undefined;
      const [leaf, ...rest] = presented.chain;
      return { ...presented, chain: [leaf, ...rest.slice(0, MAX_CHAIN - 1)] };
    },
  };
}
