import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address before several nodes, which hands each request to the next of them whatever its cookies say. */
export interface RotatingFront extends AsyncDisposable {
  readonly base: string;
  /** Where requests go from now on. */
  nodes: readonly string[];
}

/** Opens it before the nodes are there: their frontend URL is its address. */
export async function openRotatingFront(): Promise<RotatingFront> {
  const front = { base: '', nodes: [] as readonly string[] };
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const { port } = new URL(front.nodes[turn % front.nodes.length] as string);
    turn += 1;
    const { method, headers, url: path } = incoming;
    const forwarded = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    forwarded.once('error', (error) => outgoing.destroy(error));
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  front.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(front, {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
