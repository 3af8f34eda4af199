/** What this package uses of `udx-native`, which has no types of its own. */
declare module 'udx-native' {
  import type { EventEmitter } from 'node:events';

  export interface UdxPeer {
    readonly host: string;
    readonly family: number;
    readonly port: number;
  }

  export interface UdxSocket extends EventEmitter {
    bind(port: number, host: string): void;
    address(): UdxPeer | null;
    close(): Promise<void>;
    setRecvBufferSize(bytes: number): void;
    setSendBufferSize(bytes: number): void;
    trySend(bytes: Uint8Array, port: number, host: string): void;
  }

  /** A stream of streamx: like Node's, but its `write` takes no callback. */
  export interface UdxStream extends EventEmitter {
    readonly id: number;
    connect(socket: UdxSocket, remoteId: number, port: number, host: string): void;
    write(chunk: Uint8Array): boolean;
    end(): void;
    /** Resolves when the other side has acknowledged everything. */
    flush(): Promise<boolean>;
    pause(): void;
    resume(): void;
    destroy(error?: Error): void;
  }

  export default class Udx {
    createSocket(options?: { readonly ipv6Only?: boolean }): UdxSocket;
    createStream(id: number): UdxStream;
  }
}
