import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Forwards TCP to one address, and on demand passes nothing on while connections stay open: what a frozen server looks like; for tests. */
export class StallingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #stalled = false;

  private constructor(host: string, port: number) {
    this.#server = createServer({ pauseOnConnect: true }, (near) => {
      const far = connect({ host, port });
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('data', (chunk: Buffer) => void to.write(chunk));
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        if (this.#stalled) from.pause();
        else from.resume();
      }
    });
  }

  static async to(host: string, port: number): Promise<StallingProxy> {
    const proxy = new StallingProxy(host, port);
    await new Promise<void>((resolve) => proxy.#server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stall(): void {
    this.#stalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#stalled = false;
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
