import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  TLSSocket,
  type Server as TlsServer,
  connect as tlsConnect,
} from 'node:tls';
import type { Address } from '../protocol/types.ts';

/** Own key with its certificate, and every certificate that is trusted now (the own one included); all PEM. */
export interface Credentials {
  readonly key: string;
  readonly certificate: string;
  readonly trusted: readonly string[];
}

/** How sockets are opened: with mutual TLS, or in the clear. */
export interface Channel {
  server(accepted: (socket: Socket) => void, rejected: (error: Error, socket: Socket) => void): Server;
  dial(address: Address, connected: (socket: Socket) => void): Socket;
  /** New connections use these from now on. */
  replaceCredentials?(credentials: Credentials): void;
}

export class PlainChannel implements Channel {
  server(accepted: (socket: Socket) => void): Server {
    return createServer({ pauseOnConnect: false }, accepted);
  }

  dial({ host, port }: Address, connected: (socket: Socket) => void): Socket {
    const socket: Socket = netConnect({ host, port }, () => connected(socket));
    return socket;
  }
}

const pemBody = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '');

/**
 * TLS 1.3 only, both ends show a certificate of the pinned set. Host names do not matter: members are known by their key, and addresses change.
 */
export class TlsChannel implements Channel {
  #credentials: Credentials;
  #pinned: ReadonlySet<string>;
  #server: TlsServer | undefined;

  readonly #refused: () => void;

  /** `refused` is told of each handshake that a certificate may have spoilt, at either end. */
  constructor(credentials: Credentials, refused: () => void = () => {}) {
    this.#refused = refused;
    this.#credentials = credentials;
    this.#pinned = new Set(credentials.trusted.map(pemBody));
  }

  server(accepted: (socket: Socket) => void, rejected: (error: Error, socket: Socket) => void): Server {
    const server = createTlsServer({ ...this.#options(), requestCert: true, handshakeTimeout: 5_000 }, (socket) => {
      if (this.#isPinned(socket)) accepted(socket);
      else {
        this.#refused();
        rejected(new Error('the certificate is not among the trusted ones'), socket);
        socket.destroy();
      }
    });
    server.on('tlsClientError', (error, socket) => {
      this.#refused();
      rejected(error, socket);
    });
    this.#server = server;
    return server;
  }

  dial({ host, port }: Address, connected: (socket: Socket) => void): Socket {
    const socket: TLSSocket = tlsConnect({ host, port, ...this.#options(), checkServerIdentity: () => undefined }, () => {
      if (this.#isPinned(socket)) connected(socket);
      else socket.destroy(new Error('the certificate is not among the trusted ones'));
    });
    // A peer that does not listen is no matter of certificates; those errors come from TLS, or after the TCP connection stood.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall !== 'connect') this.#refused();
    });
    return socket;
  }

  replaceCredentials(credentials: Credentials): void {
    this.#credentials = credentials;
    this.#pinned = new Set(credentials.trusted.map(pemBody));
    this.#server?.setSecureContext(this.#options());
  }

  #options(): SecureContextOptions & { readonly rejectUnauthorized: true } {
    const { key, certificate, trusted } = this.#credentials;
    return { key, cert: certificate, ca: [...trusted], minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', rejectUnauthorized: true };
  }

  #isPinned(socket: Socket): boolean {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return false;
    const { raw } = socket.getPeerCertificate();
    return raw !== undefined && this.#pinned.has(raw.toString('base64'));
  }
}
