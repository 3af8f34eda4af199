import { randomInt } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { GridError } from '../errors.ts';
import type { Time } from '../facade/time.ts';
import type { Address } from '../protocol/types.ts';
import type { Announcement, Discovery, FoundAddress } from './discovery.ts';
import { maxFound } from './discovery.ts';
import { readMulticastMessage, writeMulticastMessage } from './multicast-message.ts';

export interface MulticastOptions {
  /** Group of IPv4 or IPv6; as JGroups, 239.6.7.8. */
  readonly group: string;
  /** As JGroups, 46655. */
  readonly port: number;
  /** Routers that a datagram may pass; as JGroups, 2. */
  readonly ttl: number;
  /** Whose interface is used; an address for "all" means every interface. */
  readonly bindHost: string;
  readonly time: Time;
}

/** Requests of one round: datagrams get lost. */
const requests = 3;
const requestEveryMs = 150;
const answerMs = 500;
/** Whoever was not heard for so long is no longer found: three rounds of a member. */
const forgetMs = 60_000;
const maxInterfaces = 16;
/** A flood of requests is answered no faster than this. */
const maxAnswersPerSecond = 100;

interface Sockets {
  readonly receiver: Socket;
  /** One an interface: requests leave and answers come back here. */
  readonly senders: readonly Socket[];
}

/**
 * Asks a multicast group who is there; each node that hears a request of its own cluster answers to the asker alone. Datagrams carry no secret
 * and are believed by nobody: they only say where to look, and the authority says who is a member.
 */
export class MulticastDiscovery implements Discovery {
  readonly name: string;
  readonly #options: MulticastOptions;
  readonly #sender = randomInt(2 ** 47);
  readonly #heard = new Map<string, { readonly address: Address; readonly heardMs: number }>();
  #sockets: Promise<Sockets> | undefined;
  #own: Announcement | undefined;
  #failure: Error | undefined;
  #answered = Promise.withResolvers<void>();
  #answersLeft = maxAnswersPerSecond;
  #secondEndsMs = 0;

  constructor(options: MulticastOptions) {
    this.#options = options;
    this.name = `multicast ${options.group}:${options.port}`;
  }

  async round(own: Announcement, signal: AbortSignal): Promise<readonly FoundAddress[]> {
    const { group, port, time } = this.#options;
    this.#own = own;
    this.#failure = undefined;
    this.#answered = Promise.withResolvers<void>();
    const stack = new DisposableStack();
    try {
      this.#sockets ??= this.#open();
      const { senders } = await this.#sockets;
      const request = writeMulticastMessage({ kind: 'request', cluster: own.cluster, sender: this.#sender, address: own.address });
      const end = Promise.withResolvers<void>();
      stack.use(time.after(answerMs, end.resolve));
      signal.addEventListener('abort', () => end.resolve(), { once: true });
      for (let turn = 0; turn < requests; turn += 1) {
        await Promise.all(senders.map((socket) => this.#send(socket, request, port, group)));
        const pause = Promise.withResolvers<void>();
        stack.use(time.after(turn === requests - 1 ? answerMs : requestEveryMs, pause.resolve));
        await Promise.race([this.#answered.promise, end.promise, pause.promise]);
        if (this.#failure !== undefined) throw this.#failure;
        if (signal.aborted) break;
        // The first answer may be of another starter: the members have one more moment.
        if (this.#found(time.nowMs()).length > 0 && turn > 0) break;
      }
      return this.#found(time.nowMs());
    } catch (error) {
      await this.close();
      const reason = error instanceof Error ? error.message : String(error);
      throw new GridError('GRID_DISCOVERY_FAILED', `the group cannot be used from ${this.#options.bindHost}: ${reason}`, { cause: error });
    } finally {
      stack.dispose();
    }
  }

  async close(): Promise<void> {
    const opening = this.#sockets;
    this.#sockets = undefined;
    const sockets = await opening?.catch(() => undefined);
    for (const socket of sockets === undefined ? [] : [sockets.receiver, ...sockets.senders]) socket.close();
  }

  async #open(): Promise<Sockets> {
    const { group, port, ttl, bindHost } = this.#options;
    const type = isIPv6(group) ? 'udp6' : 'udp4';
    const opened: Socket[] = [];
    const bind = async (port: number, address?: string): Promise<Socket> => {
      const socket = createSocket({ type, reuseAddr: port !== 0 });
      opened.push(socket);
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.bind({ port, exclusive: true, ...(address === undefined ? {} : { address }) }, resolve);
      });
      socket.on('error', (error) => {
        this.#failure = error;
      });
      socket.on('message', (bytes, from) => this.#message(bytes, from));
      return socket;
    };
    try {
      const receiver = await bind(port);
      const senders: Socket[] = [];
      for (const place of interfacesOf(bindHost, type)) {
        receiver.addMembership(group, place.scope);
        const sender = await bind(0, place.address);
        sender.setMulticastInterface(place.scope);
        sender.setMulticastTTL(ttl);
        sender.setMulticastLoopback(true);
        senders.push(sender);
      }
      if (senders.length === 0) throw new Error(`no interface of this machine has an address of the group's family (${type})`);
      return { receiver, senders };
    } catch (error) {
      for (const socket of opened) socket.close();
      throw error;
    }
  }

  #send(socket: Socket, bytes: Uint8Array, port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => socket.send(bytes, port, host, (error) => (error === null ? resolve() : reject(error))));
  }

  #message(bytes: Uint8Array, from: RemoteInfo): void {
    const own = this.#own;
    const nowMs = this.#options.time.nowMs();
    let message: ReturnType<typeof readMulticastMessage>;
    try {
      message = readMulticastMessage(bytes);
    } catch {
      // Anything may arrive at the port of a group; it is nobody's fault.
      return;
    }
    if (own === undefined || message.cluster !== own.cluster || message.sender === this.#sender) return;
    this.#hear(message.address, nowMs);
    if (message.kind === 'request') this.#answer(from, own, nowMs);
  }

  #hear(address: Address, heardMs: number): void {
    const key = `${address.host} ${address.port}`;
    this.#heard.delete(key);
    if (this.#heard.size >= maxFound) this.#heard.delete(this.#heard.keys().next().value ?? '');
    this.#heard.set(key, { address, heardMs });
    this.#answered.resolve();
  }

  #answer(to: RemoteInfo, own: Announcement, nowMs: number): void {
    if (nowMs >= this.#secondEndsMs) {
      this.#secondEndsMs = nowMs + 1_000;
      this.#answersLeft = maxAnswersPerSecond;
    }
    if (this.#answersLeft <= 0) return;
    this.#answersLeft -= 1;
    const answer = writeMulticastMessage({ kind: 'answer', cluster: own.cluster, sender: this.#sender, address: own.address });
    void this.#sockets?.then(
      ({ senders }) => senders[0]?.send(answer, to.port, to.address, () => {}),
      () => {},
    );
  }

  #found(nowMs: number): FoundAddress[] {
    for (const [key, { heardMs }] of this.#heard) if (nowMs - heardMs >= forgetMs) this.#heard.delete(key);
    return [...this.#heard.values()].map(({ address }) => address);
  }
}

interface Place {
  /** Undefined: whatever the system takes. */
  readonly address: string | undefined;
  /** How the system names the interface: its IPv4 address, or `::%name`. */
  readonly scope: string;
}

function interfacesOf(bindHost: string, type: 'udp4' | 'udp6'): Place[] {
  const places: Place[] = [];
  const seen = new Set<string>();
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    for (const { address, family } of addresses) {
      const scope = type === 'udp4' ? address : `::%${name}`;
      const wanted = bindHost === '0.0.0.0' || bindHost === '::' || bindHost === address;
      if (!wanted || seen.has(scope) || places.length >= maxInterfaces) continue;
      // An IPv6 group on the interface of an IPv4 address, and the other way round, works by the interface's name only.
      if ((type === 'udp4') !== (family === 'IPv4')) continue;
      seen.add(scope);
      places.push({ address: type === 'udp4' ? address : undefined, scope });
    }
  }
  // 127.0.0.2 and the like are addresses of the loopback interface that no list shows.
  if (places.length === 0 && type === 'udp4' && bindHost.startsWith('127.')) places.push({ address: bindHost, scope: '127.0.0.1' });
  return places;
}
