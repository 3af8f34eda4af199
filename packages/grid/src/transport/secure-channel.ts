import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createServer as createTlsServer,
  type PeerCertificate,
  type SecureContextOptions,
  TLSSocket,
  type Server as TlsServer,
  connect as tlsConnect,
} from 'node:tls';
import type { Address } from '../protocol/types.ts';
import { type Carrier, type Listener, TcpCarrier, type WireStream } from './carrier.ts';
import { Turnstile } from './turnstile.ts';

/** Own key with its certificate, and every certificate that is trusted now (the own one included); all PEM. */
export interface Credentials {
  readonly key: string;
  readonly certificate: string;
  readonly trusted: readonly string[];
  /** True: a peer is trusted for whoever signed its certificate, as a trust store says. Else it must show one of `trusted` itself. */
  readonly byAuthority?: boolean | undefined;
}

export interface ChannelEvents {
  /** A stranger's stream, before any handshake. False: there is no room for it. */
  opened(raw: WireStream): boolean;
  /** The stranger has shown that it may talk to us; `stream` carries what it says. */
  accepted(stream: WireStream, raw: WireStream): void;
  rejected(error: Error, raw: WireStream): void;
  failed(error: Error): void;
}

/** How streams are opened: with mutual TLS, or in the clear. */
export interface Channel {
  listen(bind: Address, maxStreams: number, events: ChannelEvents): Promise<Listener>;
  dial(address: Address, connected: (stream: WireStream) => void): WireStream;
  /** New connections use these from now on. */
  replaceCredentials?(credentials: Credentials): void;
  close(): Promise<void>;
}

export class PlainChannel implements Channel {
  readonly #carrier: Carrier;

  constructor(carrier: Carrier = new TcpCarrier()) {
    this.#carrier = carrier;
  }

  listen(bind: Address, maxStreams: number, events: ChannelEvents): Promise<Listener> {
    return this.#carrier.listen(bind, maxStreams, {
      opened: (raw) => {
        if (!events.opened(raw)) return false;
        events.accepted(raw, raw);
        return true;
      },
      failed: (error) => events.failed(error),
    });
  }

  dial(address: Address, connected: (stream: WireStream) => void): WireStream {
    const stream = this.#carrier.dial(address);
    stream.once('connect', () => connected(stream));
    return stream;
  }

  close(): Promise<void> {
    return this.#carrier.close();
  }
}

const pemBody = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '');
const untrusted = (): Error => new Error('the certificate is not among the trusted ones');
/** Longer than strangers may stay at all: only what nobody else watches meets it. */
const handshakeTimeoutMs = 10_000;
const handshakesPerTurn = 4;

/**
 * TLS 1.3 only, both ends show a certificate of the pinned set, or one that a trust store vouches for. Host names do not matter: members are known by their key, and addresses change.
 */
export class TlsChannel implements Channel {
  readonly #carrier: Carrier;
  #credentials: Credentials;
  #pinned: ReadonlySet<string>;
  #server: TlsServer | undefined;
  readonly #refused: () => void;
  /** The stream below the TLS socket at hand; a TLS socket does not tell. */
  readonly #below = new AsyncLocalStorage<WireStream>();

  /** `refused` is told of each handshake that a certificate may have spoilt, at either end. */
  constructor(credentials: Credentials, refused: () => void = () => {}, carrier: Carrier = new TcpCarrier()) {
    this.#refused = refused;
    this.#credentials = credentials;
    this.#pinned = new Set(credentials.trusted.map(pemBody));
    this.#carrier = carrier;
  }

  listen(bind: Address, maxStreams: number, events: ChannelEvents): Promise<Listener> {
    // It never listens itself: a bare TLSSocket would not insist on the client's certificate, and the carrier looks at strangers first.
    const server = createTlsServer({ ...this.#options(), requestCert: true, handshakeTimeout: handshakeTimeoutMs }, (socket) => {
      const raw = this.#below.getStore();
      if (raw === undefined) {
        socket.destroy();
        return;
      }
      socket.once('close', () => raw.destroy());
      if (this.#isTrusted(socket)) events.accepted(socket, raw);
      else
        this.#refuse(socket, () => {
          this.#refused();
          events.rejected(untrusted(), raw);
        });
    });
    server.on('tlsClientError', (error) => {
      this.#refused();
      // Without one the stream below was closed, which its owner hears from the stream.
      const raw = this.#below.getStore();
      if (raw !== undefined) setImmediate(() => events.rejected(error, raw));
    });
    this.#server = server;
    const handshakes = new Turnstile<WireStream>(handshakesPerTurn, (raw) => {
      if (!raw.destroyed) this.#below.run(raw, () => server.emit('connection', raw));
    });
    return this.#carrier.listen(bind, maxStreams, {
      opened: (raw) => {
        if (!events.opened(raw)) return false;
        raw.on('error', () => {});
        // What a handshake costs falls due when its first bytes are read: only then is it its turn, so that a crowd that speaks all at once
        // is heard a few at a time. Whoever says nothing holds a place, but no turn.
        raw.once('readable', () => {
          if (raw.readableLength > 0) handshakes.push(raw);
          else raw.destroy();
        });
        return true;
      },
      failed: (error) => events.failed(error),
    });
  }

  dial(address: Address, connected: (stream: WireStream) => void): WireStream {
    const raw = this.#carrier.dial(address);
    const socket: TLSSocket = tlsConnect({ socket: raw, ...this.#options(), checkServerIdentity: () => undefined }, () => {
      if (this.#isTrusted(socket)) connected(socket);
      else this.#refuse(socket, () => socket.destroy(untrusted()));
    });
    raw.on('error', (error) => socket.destroy(error));
    raw.once('close', () => socket.destroy());
    // A peer that does not listen is no matter of certificates; those errors come from TLS, or after the connection stood.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall !== 'connect') this.#refused();
    });
    return socket;
  }

  /**
   * Not within the handshake's own callback: to take the stream away from below a TLS socket there makes the runtime read memory that is gone,
   * and the process dies of it.
   */
  #refuse(socket: TLSSocket, end: () => void): void {
    socket.on('error', () => {});
    setImmediate(() => {
      end();
      socket.destroy();
    });
  }

  replaceCredentials(credentials: Credentials): void {
    this.#credentials = credentials;
    this.#pinned = new Set(credentials.trusted.map(pemBody));
    this.#server?.setSecureContext(this.#options());
  }

  close(): Promise<void> {
    return this.#carrier.close();
  }

  #options(): SecureContextOptions & { readonly rejectUnauthorized: true } {
    const { key, certificate, trusted, byAuthority } = this.#credentials;
    return {
      key,
      cert: certificate,
      ca: [...trusted],
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      rejectUnauthorized: true,
      // Whatever stands in a trust store is trusted, also where it is no root.
      allowPartialTrustChain: byAuthority === true,
    };
  }

  #isTrusted(socket: unknown): boolean {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return false;
    if (this.#credentials.byAuthority === true) return true;
    // null, whatever its type says, for a socket that was destroyed meanwhile.
    const shown: PeerCertificate | null = socket.getPeerCertificate();
    return shown?.raw !== undefined && this.#pinned.has(shown.raw.toString('base64'));
  }
}
