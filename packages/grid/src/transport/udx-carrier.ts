import { randomBytes, randomInt } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type Udx from 'udx-native';
import type { UdxPeer, UdxSocket } from 'udx-native';
import type { Time } from '../facade/time.ts';
import type { Address } from '../protocol/types.ts';
import type { Carrier, ListenEvents, Listener, WireStream } from './carrier.ts';
import { Cookies, noCookie, readUdxMessage, type UdxMessage, writeUdxMessage } from './udx-handshake.ts';
import { UdxDuplex } from './udx-stream.ts';

interface Dialing {
  readonly stream: UdxDuplex;
  answered(message: Exclude<UdxMessage, { kind: 'open' }>, from: UdxPeer): void;
}

const openEveryMs = 250;
const maxOpens = 20;
/** Datagrams that may wait in the kernel while the loop is busy. */
const bufferBytes = 4 * 1_048_576;
const maxRetriesPerSecond = 10_000;

/** As a socket's error would say it, so that nobody takes it for a matter of certificates. */
function connectError(code: string, { host, port }: Address): Error {
  return Object.assign(new Error(`connect ${code} ${host}:${port} (UDP)`), { code, syscall: 'connect', address: host, port });
}

/** Streams over one UDP port, which listens and dials. */
export class UdxCarrier implements Carrier {
  readonly #udx: Udx;
  readonly #time: Time;
  readonly #cookies = new Cookies(randomBytes(32));
  readonly #dialing = new Map<number, Dialing>();
  /** Streams that others opened, by address and their number of it: who lost the answer asks again. */
  readonly #accepted = new Map<string, { readonly id: number; readonly stream: UdxDuplex }>();
  readonly #streams = new Set<UdxDuplex>();
  #socket: UdxSocket | undefined;
  #maxStreams = 0;
  #events: ListenEvents | undefined;
  #retriesLeft = maxRetriesPerSecond;
  #secondEndsMs = 0;

  constructor(udx: Udx, time: Time) {
    this.#udx = udx;
    this.#time = time;
  }

  async listen(bind: Address, maxStreams: number, events: ListenEvents): Promise<Listener> {
    const host = isIP(bind.host) === 0 ? (await lookup(bind.host)).address : bind.host;
    this.#socket = this.#bind(host, bind.port);
    this.#maxStreams = maxStreams;
    this.#events = events;
    return {
      port: this.#socket.address()?.port ?? bind.port,
      close: async () => {
        this.#events = undefined;
        await Promise.all([...this.#accepted.values()].map(({ stream }) => closed(stream)));
      },
    };
  }

  dial(address: Address): WireStream {
    const id = this.#freeId();
    const raw = this.#udx.createStream(id);
    const stream = new UdxDuplex(raw, address.host);
    this.#hold(stream);
    const opening = new DisposableStack();
    stream.once('close', () => {
      opening.dispose();
      this.#dialing.delete(id);
    });
    stream.on('error', () => {});
    void this.#open(id, address, stream, opening).catch((error: Error) => stream.destroy(error));
    return stream;
  }

  async close(): Promise<void> {
    const streams = [...this.#streams];
    for (const stream of streams) stream.destroy();
    await Promise.all(streams.map(closed));
    await this.#socket?.close();
    this.#socket = undefined;
  }

  #bind(host: string, port: number): UdxSocket {
    const socket = this.#udx.createSocket();
    socket.bind(port, host);
    for (const size of ['setRecvBufferSize', 'setSendBufferSize'] as const) {
      try {
        socket[size](bufferBytes);
      } catch {
        // The system allows less; lost datagrams are sent again.
      }
    }
    socket.on('message', (bytes: Uint8Array, from: UdxPeer) => this.#message(bytes, from));
    socket.on('error', (error: Error) => this.#events?.failed(error));
    return socket;
  }

  #hold(stream: UdxDuplex): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }

  /** Numbers are random: who does not see our traffic cannot send into a stream. */
  #freeId(): number {
    return randomInt(1, 2 ** 32);
  }

  async #open(id: number, address: Address, stream: UdxDuplex, opening: DisposableStack): Promise<void> {
    const host = isIP(address.host) === 0 ? (await lookup(address.host)).address : address.host;
    if (stream.destroyed) return;
    this.#socket ??= this.#bind(isIP(host) === 6 ? '::' : '0.0.0.0', 0);
    const socket = this.#socket;
    let cookie = noCookie;
    let opens = 0;
    const ask = (): void => {
      opens += 1;
      if (opens > maxOpens) stream.destroy(connectError('ETIMEDOUT', address));
      else socket.trySend(writeUdxMessage({ kind: 'open', from: id, cookie }), address.port, host);
    };
    this.#dialing.set(id, {
      stream,
      answered: (message, from) => {
        if (message.kind === 'full') stream.destroy(connectError('ECONNREFUSED', address));
        else if (message.kind === 'retry') {
          // Only the first one: an answer that is sent twice must not make us ask for ever.
          if (cookie !== noCookie) return;
          cookie = message.cookie;
          ask();
        } else {
          opening.dispose();
          this.#dialing.delete(id);
          stream.connectTo(socket, { remoteId: message.from, port: from.port, host: from.host });
        }
      },
    });
    opening.use(this.#time.every(openEveryMs, ask));
    ask();
  }

  #message(bytes: Uint8Array, from: UdxPeer): void {
    const message = readUdxMessage(bytes);
    if (message === undefined) return;
    if (message.kind === 'open') this.#opening(message.from, message.cookie, from);
    else this.#dialing.get(message.to)?.answered(message, from);
  }

  #opening(remoteId: number, cookie: Uint8Array, { host, port }: UdxPeer): void {
    const [socket, events] = [this.#socket, this.#events];
    if (socket === undefined || events === undefined) return;
    const answer = (message: UdxMessage): void => socket.trySend(writeUdxMessage(message), port, host);
    const nowMs = this.#time.nowMs();
    if (!this.#cookies.fits(cookie, host, port, remoteId, nowMs)) {
      if (this.#mayRetry(nowMs)) answer({ kind: 'retry', to: remoteId, cookie: this.#cookies.make(host, port, remoteId, nowMs) });
      return;
    }
    const key = `${host} ${port} ${remoteId}`;
    const known = this.#accepted.get(key);
    if (known !== undefined) {
      answer({ kind: 'opened', to: remoteId, from: known.id, cookie });
      return;
    }
    if (this.#streams.size >= this.#maxStreams) {
      answer({ kind: 'full', to: remoteId });
      return;
    }
    const id = this.#freeId();
    const stream = new UdxDuplex(this.#udx.createStream(id), host);
    this.#hold(stream);
    this.#accepted.set(key, { id, stream });
    stream.once('close', () => this.#accepted.delete(key));
    stream.on('error', () => {});
    if (!events.opened(stream)) {
      stream.destroy();
      answer({ kind: 'full', to: remoteId });
      return;
    }
    stream.connectTo(socket, { remoteId, port, host });
    answer({ kind: 'opened', to: remoteId, from: id, cookie });
  }

  #mayRetry(nowMs: number): boolean {
    if (nowMs >= this.#secondEndsMs) {
      this.#secondEndsMs = nowMs + 1_000;
      this.#retriesLeft = maxRetriesPerSecond;
    }
    this.#retriesLeft -= 1;
    return this.#retriesLeft >= 0;
  }
}

const closed = (stream: UdxDuplex): Promise<void> =>
  stream.closed ? Promise.resolve() : new Promise((resolve) => stream.once('close', () => resolve()));
