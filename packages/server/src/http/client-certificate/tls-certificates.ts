import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { type ClientCertificates, MAX_CHAIN } from './client-certificates.ts';

/** The certificate of the TLS connection itself. One that the trust store does not vouch for counts as none: it never passes the handshake. */
export const tlsClientCertificates: ClientCertificates = {
  presentedBy({ socket }) {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
    const chain: X509Certificate[] = [];
    let next = socket.getPeerX509Certificate();
    while (next !== undefined && chain.length < MAX_CHAIN && !chain.some((known) => known.fingerprint256 === next?.fingerprint256)) {
      chain.push(next);
      next = next.issuerCertificate;
    }
    const [leaf, ...rest] = chain;
    return leaf && { chain: [leaf, ...rest], isVouchedFor: true };
  },
};
