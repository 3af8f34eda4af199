import { isIP } from 'node:net';

/** How a server is believed over TLS. */
export interface RemoteTls {
  /** Name that the certificate must carry, where it is not the host. */
  readonly servername?: string | undefined;
  /** Authorities or certificates, PEM; absent: those of the runtime. */
  readonly ca?: readonly string[] | undefined;
}

/** Options of a TLS connection to `host`. An address is never sent as a name, and is looked for in the certificate all the same. */
export function tlsOptions(host: string, { servername, ca }: RemoteTls): { servername?: string; ca?: string[] } {
  const name = servername ?? (isIP(host) === 0 ? host : undefined);
  return { ...(name === undefined ? {} : { servername: name }), ...(ca === undefined ? {} : { ca: [...ca] }) };
}
