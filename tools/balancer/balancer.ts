import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Backend, type BackendAddress } from './backend.ts';

// A small reverse proxy for the demonstration and the tests. It needs no stickiness, takes a node out when its readiness says so, and sends a
// request again where that is safe. For use in production see deploy/haproxy.cfg and deploy/nginx.conf.

/** Bodies up to this size are kept so that the request can be sent again; larger ones are sent once. */
const MAX_REPLAY_BYTES = 262_144;
const PROBE_INTERVAL_MS = 250;
const PROBE_TIMEOUT_MS = 1_000;
/** How long a request waits for a node to become ready before it is answered with 503. */
const MAX_WAIT_MS = 8_000;

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface BalancerOptions {
  readonly host: string;
  readonly port: number;
  readonly backends: readonly BackendAddress[];
  readonly log: (line: string) => void;
}

export interface Balancer {
  readonly port: number;
  /** Names of the nodes that get requests now. */
  ready(): string[];
  close(): Promise<void>;
}

function forwardHeaders(incoming: IncomingMessage): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && !name.startsWith('x-forwarded-') && name !== 'forwarded') out[name] = value;
  }
  out['x-forwarded-for'] = incoming.socket.remoteAddress?.replace('::ffff:', '') ?? '127.0.0.1';
  out['x-forwarded-proto'] = 'http';
  if (incoming.headers.host !== undefined) out['x-forwarded-host'] = incoming.headers.host;
  return out;
}

/** Reads the body up to the replay limit; undefined = larger. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_REPLAY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Attempt = 'answered' | 'not-sent' | 'broken';

class BalancerServer implements Balancer {
  readonly #backends: readonly Backend[];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  readonly #server: Server;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BalancerOptions) {
    this.#backends = options.backends.map(
      (address) =>
        new Backend(address, {
          probeTimeoutMs: PROBE_TIMEOUT_MS,
          onChange: (backend) => options.log(`balancer: ${backend.address.name} is ${backend.ready ? 'in' : 'out'}`),
        }),
    );
    this.#server = createServer((incoming, outgoing) => {
      this.#handle(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  ready(): string[] {
    return this.#backends.filter((backend) => backend.ready).map((backend) => backend.address.name);
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    await this.#probeAll();
  }

  async #probeAll(): Promise<void> {
    await Promise.all(this.#backends.map((backend) => backend.probe()));
    // Closed while nodes were asked: a timer now would keep the process for ever.
    if (!this.#closed) this.#timer = setTimeout(() => this.#probeAll(), PROBE_INTERVAL_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#agent.destroy();
  }

  #choose(tried: ReadonlySet<Backend>): Backend | undefined {
    const usable = this.#backends.filter((backend) => backend.ready && !tried.has(backend));
    this.#next += 1;
    return usable[this.#next % Math.max(usable.length, 1)];
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    if (body === undefined) {
      outgoing.writeHead(413).end('The body is too large for the demonstration balancer.\n');
      return;
    }
    const repeatable = incoming.method === 'GET' || incoming.method === 'HEAD' || incoming.method === 'OPTIONS';
    const began = performance.now();
    const tried = new Set<Backend>();
    while (performance.now() - began < MAX_WAIT_MS && !outgoing.destroyed) {
      const backend = this.#choose(tried);
      if (backend === undefined) {
        tried.clear();
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      const outcome = await this.#attempt(backend, incoming, outgoing, body);
      if (outcome === 'answered') return;
      // Nothing was sent: safe for every method. The connection broke after sending: only reads may be sent again.
      if (outcome === 'broken' && !repeatable) {
        outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('The node died while it worked on this request.\n');
        return;
      }
      tried.add(backend);
    }
    if (!outgoing.headersSent) outgoing.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' }).end('No node is ready.\n');
  }

  #attempt(backend: Backend, incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Promise<Attempt> {
    return new Promise((resolve) => {
      const { host, port } = backend.address;
      let connected = false;
      const sent = request({
        host,
        port,
        method: incoming.method,
        path: incoming.url,
        headers: { ...forwardHeaders(incoming), 'content-length': String(body.length) },
        agent: this.#agent,
      });
      const untrack = backend.track(() => sent.destroy(new Error('the node was taken out')));
      const end = (outcome: Attempt): void => {
        untrack();
        resolve(outcome);
      };
      sent.on('socket', (socket) => {
        if (!socket.connecting) connected = true;
        else socket.once('connect', () => (connected = true));
      });
      sent.on('response', (response) => {
        const headers = Object.fromEntries(Object.entries(response.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
        outgoing.writeHead(response.statusCode ?? 502, { ...headers, 'x-keygrid-node': backend.address.name } as Record<string, string>);
        response.pipe(outgoing);
        response.on('end', () => end('answered'));
        response.on('error', () => {
          outgoing.destroy();
          end('answered');
        });
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (outgoing.headersSent) {
          outgoing.destroy();
          return end('answered');
        }
        if (error.code === 'ECONNREFUSED') backend.refused();
        // A kept-alive connection that the node closed before it read anything: nothing was processed.
        const stale = sent.reusedSocket && error.code === 'ECONNRESET' && backend.ready;
        end(!connected || (stale && incoming.method !== 'POST') ? 'not-sent' : 'broken');
      });
      outgoing.on('close', () => {
        if (!outgoing.writableFinished) sent.destroy();
      });
      sent.end(body);
    });
  }
}

/** Starts the balancer; rejects with the socket's error if the port is taken. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const server = new BalancerServer(options);
  await server.listen(options.host, options.port);
  return server;
}
