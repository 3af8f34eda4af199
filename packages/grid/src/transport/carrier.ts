import { connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Address } from '../protocol/types.ts';

/** A reliable, ordered stream of bytes to one peer: a TCP socket, or a stream of datagrams that behaves like one. */
export interface WireStream extends Duplex {
  readonly remoteAddress?: string | undefined;
  /** Lets what was written leave, then ends without waiting for the other side. */
  destroySoon(): void;
}

export interface Listener {
  readonly port: number;
  /** Accepts nothing more; resolves when the streams that it accepted are gone. */
  close(): Promise<void>;
}

export interface ListenEvents {
  /** A stream that nobody has looked at yet. False: no room for it; it is dropped at once. */
  opened(stream: WireStream): boolean;
  failed(error: Error): void;
}

/** Opens streams, in the clear; TLS stands on top. */
export interface Carrier {
  /** @throws an error with code EADDRINUSE where the port is taken. */
  listen(bind: Address, maxStreams: number, events: ListenEvents): Promise<Listener>;
  /** The stream may be written to at once; it emits `connect` when the other side has answered. */
  dial(address: Address): WireStream;
  /** Ends what a carrier holds besides its streams. */
  close(): Promise<void>;
}

const backlog = 128;

export class TcpCarrier implements Carrier {
  async listen(bind: Address, maxStreams: number, events: ListenEvents): Promise<Listener> {
    const server = createServer({ noDelay: true }, (socket) => {
      if (!events.opened(socket)) socket.destroy();
    });
    // Beyond this the connection is closed before anything is made for it.
    server.maxConnections = maxStreams;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: bind.host, port: bind.port, backlog }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => events.failed(error));
    const bound = server.address();
    return {
      port: typeof bound === 'object' && bound !== null ? bound.port : bind.port,
      close: () => new Promise((resolve) => server.close(() => resolve())),
    };
  }

  dial({ host, port }: Address): WireStream {
    const socket: Socket = connect({ host, port, noDelay: true });
    return socket;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
