import { execFileSync } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';

const ip = (...argv: readonly string[]): void => void execFileSync('ip', [...argv], { stdio: ['ignore', 'ignore', 'pipe'] });

/** A network of its own with one cable to this one; nothing is routed between networks. */
export class Network {
  readonly name: string;
  /** Words before a command that runs inside. */
  readonly within: readonly string[];
  readonly #cable: string;

  /** `here` and `inside` are the addresses of the two ends, with their prefix lengths. */
  constructor(letter: string, here: readonly string[], inside: readonly string[]) {
    this.name = `keygrid-${letter}-${process.pid}`;
    this.within = ['ip', 'netns', 'exec', this.name];
    this.#cable = `kg${letter}${process.pid}`.slice(0, 15);
    ip('netns', 'add', this.name);
    ip('link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name);
    for (const address of here) ip('address', 'add', address, 'dev', this.#cable, 'nodad');
    ip('link', 'set', this.#cable, 'up');
    for (const address of inside) ip('-n', this.name, 'address', 'add', address, 'dev', 'eth0', 'nodad');
    ip('-n', this.name, 'link', 'set', 'lo', 'up');
    ip('-n', this.name, 'link', 'set', 'eth0', 'up');
  }

  /** Addresses and ports on which something listens inside. */
  listening(): readonly string[] {
    const out = execFileSync('ip', ['netns', 'exec', this.name, 'ss', '-ltnH'], { encoding: 'utf8' });
    return out.split('\n').flatMap((line) => line.trim().split(/\s+/)[3] ?? []);
  }

  remove(): void {
    // A network goes when the last process in it has gone; the cable would hold its name until then.
    ip('link', 'delete', this.#cable);
    ip('netns', 'delete', this.name);
  }
}

/** Carries bytes from an address of this network to another one, as a port mapping does. */
export class PortMapping {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #opened: Promise<void>;

  constructor(from: { readonly host: string; readonly port: number }, to: { readonly host: string; readonly port: number }) {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ ...to, allowHalfOpen: true });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.once('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    this.#opened = new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(from, resolve);
    });
  }

  async opened(): Promise<this> {
    await this.#opened;
    return this;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
