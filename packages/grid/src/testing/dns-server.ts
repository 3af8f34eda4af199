import { createSocket, type Socket } from 'node:dgram';
import { type AddressInfo, createServer, type Server } from 'node:net';
import dnsPacket, { type Answer, type DecodedPacket, type Packet } from 'dns-packet';

const authoritative = 0x0400;
const truncated = 0x0200;
const noSuchName = 3;
const serverFailure = 2;
const maxUdpBytes = 512;

/** A DNS server of one zone, over UDP and TCP; for tests. A name with an empty list exists and has no records of that type. */
export class DnsServer {
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly records = new Map<string, Answer[]>();
  /** Answers nothing at all, or with a failure. */
  mode: 'working' | 'silent' | 'failing' = 'working';
  asked = 0;
  /** Everything that was asked, as type and name. */
  readonly questions = new Set<string>();

  private constructor(udp: Socket, tcp: Server) {
    this.#udp = udp;
    this.#tcp = tcp;
  }

  static async start(host = '127.0.0.1', port = 0): Promise<DnsServer> {
    const tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen({ host, port }, resolve));
    const udp = createSocket('udp4');
    // The same number is hardly ever taken for UDP: what the system gives out there is short-lived.
    await new Promise<void>((resolve) => udp.bind((tcp.address() as AddressInfo).port, host, resolve));
    const server = new DnsServer(udp, tcp);
    udp.on('message', (bytes, from) => {
      const answer = server.#answer(dnsPacket.decode(bytes));
      if (answer === undefined) return;
      const whole = dnsPacket.encode(answer);
      const short = { ...answer, flags: (answer.flags ?? 0) | truncated, answers: [] };
      udp.send(whole.length > maxUdpBytes ? dnsPacket.encode(short) : whole, from.port, from.address);
    });
    tcp.on('connection', (socket) => {
      socket.on('error', () => {});
      let held = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        held = Buffer.concat([held, chunk]);
        if (held.length < 2 || held.length < 2 + held.readUInt16BE(0)) return;
        const answer = server.#answer(dnsPacket.decode(held.subarray(2)));
        if (answer !== undefined) socket.end(framed(dnsPacket.encode(answer)));
      });
    });
    return server;
  }

  get port(): number {
    return (this.#tcp.address() as AddressInfo).port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Address records, IPv4 or IPv6. */
  hosts(name: string, hosts: readonly string[]): void {
    this.records.set(
      name,
      hosts.map((data) => (data.includes(':') ? { type: 'AAAA', name, ttl: 0, data } : { type: 'A', name, ttl: 0, data })),
    );
  }

  services(name: string, services: readonly { readonly target: string; readonly port: number }[]): void {
    this.records.set(
      name,
      services.map((data) => ({ type: 'SRV', name, ttl: 0, data: { ...data, priority: 0, weight: 1 } })),
    );
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#udp.close(resolve));
    await new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
  }

  #answer(request: DecodedPacket): Packet | undefined {
    this.asked += 1;
    if (this.mode === 'silent') return undefined;
    const [question] = request.questions ?? [];
    const name = question?.name.toLowerCase() ?? '';
    this.questions.add(`${question?.type} ${name}`);
    const known = this.records.get(name);
    const code = this.mode === 'failing' ? serverFailure : known === undefined ? noSuchName : 0;
    const answers = code === 0 ? (known ?? []).filter(({ type }) => type === question?.type) : [];
    return { type: 'response', id: request.id ?? 0, flags: authoritative | code, questions: request.questions ?? [], answers };
  }
}

/** As TCP carries it: two bytes of length before the message. */
function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
